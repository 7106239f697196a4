/* program.c - the bug of every attack, with nothing to hide it */
#include "attack.h"

static void run(void)
{
	attack_bug();
}

ATTACK_MAIN(run);
