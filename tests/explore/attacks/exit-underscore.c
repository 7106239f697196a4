/*
 * exit-underscore.c - leaves by _exit(0), which runs no handler
 */
#include "attack.h"

static void run(void)
{
	if (!attack_counter)
		_exit(0);
	attack_bug();
}

ATTACK_MAIN(run);
