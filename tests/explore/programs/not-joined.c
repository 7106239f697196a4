/*
 * not-joined.c - the result is used without waiting for who computes it
 *
 * Fails: the worker has not begun when the scenario looks.
 */
#include "suite.h"

#include <stdatomic.h>

static atomic_int result;

static void *worker(void *number)
{
	(void)number;
	atomic_store(&result, 42);
	return NULL;
}

static void run(void)
{
	pthread_t thread = suite_start(worker, 0);

	pthread_detach(thread);
	scenario_require(atomic_load(&result) == 42, "there is a result");
}

SUITE_MAIN(run);
