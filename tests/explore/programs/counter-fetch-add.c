/*
 * counter-fetch-add.c - relaxed additions lose nothing, and a join is enough to
 * see them all
 */
#include "suite.h"

#include <stdatomic.h>

static atomic_int counter;
static atomic_int drawn[6];

static void *adder(void *number)
{
	(void)number;
	for (int i = 0; i < 2; i++) {
		int ticket = atomic_fetch_add_explicit(&counter, 1,
						       memory_order_relaxed);

		scenario_require(ticket >= 0 && ticket < 6,
				 "tickets are 0 to 5");
		atomic_store_explicit(&drawn[ticket], 1, memory_order_relaxed);
	}
	return NULL;
}

static void run(void)
{
	SUITE_RUN(adder, adder, adder);
	scenario_require(atomic_load_explicit(&counter, memory_order_relaxed) ==
				 6,
			 "six additions count");
	for (int i = 0; i < 6; i++)
		scenario_require(
			atomic_load_explicit(&drawn[i], memory_order_relaxed),
			"every ticket was drawn");
}

SUITE_MAIN(run);
