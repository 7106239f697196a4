/*
 * no-sanitize.c - the bug is in a function that is compiled without hooks
 */
#include "attack.h"

static int hidden;

static __attribute__((no_sanitize("thread"))) void *adder(void *unused)
{
	hidden++;
	return unused;
}

static void run(void)
{
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		(void)pthread_create(&threads[i], NULL, adder, NULL);
	for (int i = 0; i < 2; i++)
		(void)pthread_join(threads[i], NULL);
	scenario_require(hidden == 2, "both additions count");
}

ATTACK_MAIN(run);
