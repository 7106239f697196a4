/*
 * loop-variable.c - each thread gets the address of the one loop variable
 *
 * Fails: the loop goes on before the thread has read its number; a race in
 * every schedule.
 */
#include "suite.h"

static int seen[2];

static void *worker(void *argument)
{
	const int *number = argument;
	int own = *number;

	if (own < 2)
		seen[own] = 1;
	return NULL;
}

static void run(void)
{
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		scenario_require(!pthread_create(&threads[i], NULL, worker, &i),
				 "a thread starts");
	for (int i = 0; i < 2; i++)
		suite_join(threads[i]);
	scenario_require(seen[0] && seen[1], "each has its own number");
}

SUITE_MAIN(run);
