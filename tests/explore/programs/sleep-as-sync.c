/*
 * sleep-as-sync.c - a millisecond ought to be enough for the worker
 *
 * Fails: a race in every schedule, as time orders nothing; and the worker may
 * be later.
 */
#include "suite.h"

#include <unistd.h>

static int result;

static void *worker(void *number)
{
	(void)number;
	result = 42;
	return NULL;
}

static void run(void)
{
	pthread_t thread = suite_start(worker, 0);

	usleep(1000);
	scenario_require(result == 42, "there is a result");
	suite_join(thread);
}

SUITE_MAIN(run);
