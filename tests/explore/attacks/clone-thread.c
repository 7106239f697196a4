/*
 * clone-thread.c - a thread that the explorer does not know of, in the same
 * memory, adds to the counter at its own pace
 */
#define _GNU_SOURCE
#include "attack.h"

#include <sched.h>

static char stack[65536] __attribute__((aligned(16)));

static int child(void *unused)
{
	(void)unused;
	for (int i = 0; i < 1000; i++)
		__atomic_store_n(&attack_counter, 1, __ATOMIC_RELAXED);
	attack_call(SYS_exit, 0, 0, 0, 0);
	return 0;
}

static void run(void)
{
	(void)clone(child, stack + sizeof(stack),
		    CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
			    CLONE_THREAD | CLONE_SYSVSEM,
		    NULL);
	attack_bug();
}

ATTACK_MAIN(run);
