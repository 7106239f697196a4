/*
 * join-twice.c - whoever comes first is to join the worker, by a look and a
 * store
 *
 * Fails: both see that nobody has joined it, and both do.
 */
#include "suite.h"

#include <stdatomic.h>

static pthread_t shared;
static atomic_int joined;

static void *worker(void *number)
{
	(void)number;
	return NULL;
}

static void *joiner(void *number)
{
	(void)number;
	if (!atomic_load(&joined)) {
		atomic_store(&joined, 1);
		scenario_require(!pthread_join(shared, NULL), "it is joined");
	}
	return NULL;
}

static void run(void)
{
	shared = suite_start(worker, 0);
	SUITE_RUN(joiner, joiner);
}

SUITE_MAIN(run);
