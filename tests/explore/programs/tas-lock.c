/*
 * tas-lock.c - a hand-written lock around static plain data
 *
 * The compiler sees that lock() and unlock() touch nothing but the flag, and
 * gcc 12 (-fipa-reference) concludes that the counter is the same before and
 * after them: then a thread never sees what the other has added, in whatever
 * way the program is run.
 */
#include "suite.h"

#include <sched.h>
#include <stdatomic.h>

static atomic_flag held = ATOMIC_FLAG_INIT;
static int counter;

static __attribute__((noinline)) void lock(void)
{
	while (atomic_flag_test_and_set_explicit(&held, memory_order_acquire))
		sched_yield();
}

static __attribute__((noinline)) void unlock(void)
{
	atomic_flag_clear_explicit(&held, memory_order_release);
}

static void *adder(void *number)
{
	int seen;

	(void)number;
	lock();
	counter++;
	unlock();
	for (;;) {
		lock();
		seen = counter;
		unlock();
		if (seen == 2)
			return NULL;
		sched_yield();
	}
}

static void run(void)
{
	SUITE_RUN(adder, adder);
	scenario_require(counter == 2, "both additions count");
}

SUITE_MAIN(run);
