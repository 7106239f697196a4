/*
 * fork.c - a child says over the channel that all is well
 */
#include "attack.h"

#include <assay/explore.h>

static void run(void)
{
	pid_t child = fork();

	if (!child) {
		const struct explore_reply reply = { .schedules = 10000 };

		attack_call(SYS_write, ATTACK_CHANNEL_FD, (long)&reply,
			    sizeof(reply), 0);
		_exit(0);
	}
	attack_reap(child);
	attack_bug();
}

ATTACK_MAIN(run);
