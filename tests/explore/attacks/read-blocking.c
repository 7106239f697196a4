/*
 * read-blocking.c - reads the explorer's own channel, on which nothing comes
 * until it has answered
 */
#include "attack.h"

static void run(void)
{
	static char message[1 << 17];

	(void)!read(ATTACK_CHANNEL_FD, message, sizeof(message));
	attack_call(SYS_read, ATTACK_CHANNEL_FD, (long)message, sizeof(message),
		    0);
	attack_bug();
}

ATTACK_MAIN(run);
