/*
 * kill-self.c - takes the explorer with it
 */
#include "attack.h"

#include <signal.h>

static void run(void)
{
	attack_call(SYS_kill, attack_call(SYS_getpid, 0, 0, 0, 0), SIGKILL, 0,
		    0);
	attack_bug();
}

ATTACK_MAIN(run);
