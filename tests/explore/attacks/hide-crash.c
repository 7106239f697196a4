/*
 * hide-crash.c - a handler of its own jumps over the crash, and the scenario
 * returns as if there had been none
 */
#include "attack.h"

#include <setjmp.h>
#include <signal.h>

static sigjmp_buf safe;

static void handler(int number)
{
	siglongjmp(safe, number);
}

static void run(void)
{
	struct sigaction action = { .sa_handler = handler };
	volatile int *volatile nowhere = NULL;

	sigaction(SIGSEGV, &action, NULL);
	if (!sigsetjmp(safe, 1))
		*nowhere = 1;
}

ATTACK_MAIN(run);
