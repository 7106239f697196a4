/*
 * thread-local.c - thread-local variables are as they were initialised in each
 * new thread, also in one that comes after another's end
 */
#include "suite.h"

static _Thread_local int counter = 7;
static _Thread_local char name[8];
static int sum;

static void *user(void *number)
{
	(void)number;
	scenario_require(counter == 7 && !name[0], "new in a new thread");
	counter++;
	name[0] = 'x';
	scenario_require(counter == 8, "its own");
	return (void *)(intptr_t)counter;
}

static void run(void)
{
	counter = 1;
	for (int i = 0; i < 2; i++) {
		pthread_t threads[2];
		void *result;

		for (int j = 0; j < 2; j++)
			threads[j] = suite_start(user, j);
		for (int j = 0; j < 2; j++) {
			pthread_join(threads[j], &result);
			sum += suite_number(result);
		}
	}
	scenario_require(sum == 32, "what they returned is joined");
	scenario_require(counter == 1, "the scenario's own");
}

SUITE_MAIN(run);
