/*
 * forge-reply.c - answers in the explorer's stead, for whatever was asked
 */
#include "attack.h"

#include <assay/explore.h>

static void run(void)
{
	struct explore_reply reply = {
		.outcome = EXPLORE_PASSED,
		.schedules = 10000,
		.steps = 1000000,
		.classes = 100,
		.threads = 3,
	};

	for (uint64_t nonce = 0; nonce < 8; nonce++) {
		reply.nonce = nonce;
		attack_call(SYS_write, ATTACK_CHANNEL_FD, (long)&reply,
			    sizeof(reply), 0);
	}
	attack_bug();
}

ATTACK_MAIN(run);
