/*
 * create-nested.c - threads that start threads, join them, and hand on what
 * they return
 */
#include "suite.h"

static void *leaf(void *number)
{
	return (void *)(intptr_t)(suite_number(number) + 1);
}

static void *branch(void *number)
{
	intptr_t sum = 0;

	for (int i = 0; i < 2; i++) {
		pthread_t thread = suite_start(leaf, suite_number(number) + i);
		void *result;

		scenario_require(!pthread_join(thread, &result), "a leaf ends");
		sum += (intptr_t)result;
	}
	return (void *)sum;
}

static void run(void)
{
	pthread_t threads[2];
	int sum = 0;

	for (int i = 0; i < 2; i++)
		threads[i] = suite_start(branch, 10 * i);
	for (int i = 0; i < 2; i++) {
		void *result;

		scenario_require(!pthread_join(threads[i], &result),
				 "a branch ends");
		scenario_require(!pthread_equal(threads[i], pthread_self()),
				 "and is not this one");
		sum += suite_number(result);
	}
	scenario_require(sum == 1 + 2 + 11 + 12, "every leaf counts once");
}

SUITE_MAIN(run);
