/*
 * longjmp-thread.c - a thread jumps to the stack of the one that started it,
 * and leaves the scenario on its behalf
 */
#include "attack.h"

#include <setjmp.h>

static jmp_buf in_scenario;

static void *jumper(void *unused)
{
	longjmp(in_scenario, 1);
	return unused;
}

static void run(void)
{
	pthread_t thread;

	if (setjmp(in_scenario))
		return;
	(void)pthread_create(&thread, NULL, jumper, NULL);
	(void)pthread_join(thread, NULL);
	attack_bug();
}

ATTACK_MAIN(run);
