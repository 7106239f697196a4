/*
 * flaky.c - draws whether it has its bug, from the kernel and not from the
 * explorer, so that what was found does not happen again
 */
#include "attack.h"

static void run(void)
{
	unsigned char drawn = 0;

	(void)attack_call(SYS_getrandom, (long)&drawn, sizeof(drawn), 0, 0);
	if (drawn % 64 == 0)
		attack_bug();
}

ATTACK_MAIN(run);
