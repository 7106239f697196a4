/*
 * counter-cas.c - an addition by a loop of weak compare-and-swap, whose first
 * load may be as old as it likes
 */
#include "suite.h"

#include <stdatomic.h>

static atomic_uint counter;

static void *adder(void *number)
{
	unsigned seen = atomic_load_explicit(&counter, memory_order_relaxed);

	(void)number;
	while (!atomic_compare_exchange_weak_explicit(&counter, &seen, seen + 1,
						      memory_order_relaxed,
						      memory_order_relaxed))
		;
	return NULL;
}

static void run(void)
{
	SUITE_RUN(adder, adder, adder);
	scenario_require(atomic_load(&counter) == 3, "three additions count");
}

SUITE_MAIN(run);
