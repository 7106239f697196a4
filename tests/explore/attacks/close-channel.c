/*
 * close-channel.c - takes the explorer's descriptors away
 */
#include "attack.h"

static void run(void)
{
	attack_call(SYS_close, ATTACK_CHANNEL_FD, 0, 0, 0);
	attack_call(SYS_close, ATTACK_HISTORY_FD, 0, 0, 0);
	attack_bug();
}

ATTACK_MAIN(run);
