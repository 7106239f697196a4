/*
 * exit-group-raw.c - leaves by the system call itself, from a second thread
 */
#include "attack.h"

static void *leaver(void *unused)
{
	attack_call(SYS_exit_group, 0, 0, 0, 0);
	return unused;
}

static void run(void)
{
	pthread_t thread;

	(void)pthread_create(&thread, NULL, leaver, NULL);
	(void)pthread_join(thread, NULL);
	attack_bug();
}

ATTACK_MAIN(run);
