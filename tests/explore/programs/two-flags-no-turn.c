/*
 * two-flags-no-turn.c - two threads that raise their flags and wait for the
 * other's to fall
 *
 * Fails: both flags are up before either looks; both spin for ever.
 */
#include "suite.h"

#include <sched.h>
#include <stdatomic.h>

static atomic_int wants[2];
static int counter;

static void *adder(void *number)
{
	int own = suite_number(number);

	atomic_store(&wants[own], 1);
	while (atomic_load(&wants[!own]))
		sched_yield();
	counter++;
	atomic_store(&wants[own], 0);
	return NULL;
}

static void run(void)
{
	SUITE_RUN(adder, adder);
	scenario_require(counter == 2, "both additions count");
}

SUITE_MAIN(run);
