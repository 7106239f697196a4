/*
 * loop-silent.c - a loop in which there is nothing to be seen
 */
#include "attack.h"

static void run(void)
{
	for (;;)
		;
}

ATTACK_MAIN(run);
