/*
 * lost-update-atomic.c - atomic loads and stores do not make an atomic add
 *
 * Fails: thread 1 loads 0, thread 2 loads 0 and stores 1, thread 1 stores 1.
 */
#include "suite.h"

#include <stdatomic.h>

static atomic_int counter;

static void *adder(void *number)
{
	int seen = atomic_load(&counter);

	(void)number;
	atomic_store(&counter, seen + 1);
	return NULL;
}

static void run(void)
{
	SUITE_RUN(adder, adder);
	scenario_require(atomic_load(&counter) == 2, "both additions count");
}

SUITE_MAIN(run);
