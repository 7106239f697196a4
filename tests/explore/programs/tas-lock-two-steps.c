/*
 * tas-lock-two-steps.c - the lock is seen to be free, and then set
 *
 * Fails: both threads see it free before either sets it.
 */
#include "suite.h"

#include <sched.h>
#include <stdatomic.h>

static atomic_int held;
static int counter;

static void *adder(void *number)
{
	(void)number;
	while (atomic_load(&held))
		sched_yield();
	atomic_store(&held, 1);
	counter++;
	atomic_store(&held, 0);
	return NULL;
}

static void run(void)
{
	SUITE_RUN(adder, adder);
	scenario_require(counter == 2, "both additions count");
}

SUITE_MAIN(run);
