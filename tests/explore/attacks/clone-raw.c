/*
 * clone-raw.c - a fork by the number of another call, whose child runs the rest
 * of the scenario and then the explorer's own code
 */
#include "attack.h"

#include <signal.h>

static void run(void)
{
	long child = attack_call(SYS_clone, SIGCHLD, 0, 0, 0);

	if (!child) {
		/* Not for ever, should nobody end it. */
		(void)alarm(2);
		attack_counter = 0;
		return;
	}
	attack_reap(child);
	attack_bug();
}

ATTACK_MAIN(run);
