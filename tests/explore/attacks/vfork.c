/*
 * vfork.c - a child in the same memory writes over the bug's evidence
 */
#define _DEFAULT_SOURCE
#include "attack.h"

static void run(void)
{
	pid_t child = vfork();

	if (!child) {
		attack_counter = 0;
		_exit(0);
	}
	attack_reap(child);
	attack_bug();
}

ATTACK_MAIN(run);
