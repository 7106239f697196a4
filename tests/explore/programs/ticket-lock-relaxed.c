/*
 * ticket-lock-relaxed.c - the next ticket is served by a relaxed store
 *
 * Fails: the second thread comes in without what the first did in there; a race
 * in every schedule.
 */
#include "suite.h"

#include <sched.h>
#include <stdatomic.h>

static atomic_uint drawn;
static atomic_uint served;
static int counter;

static void lock(void)
{
	unsigned ticket = atomic_fetch_add_explicit(&drawn, 1,
						    memory_order_relaxed);

	while (atomic_load_explicit(&served, memory_order_acquire) != ticket)
		sched_yield();
}

static void unlock(void)
{
	/* Only the holder writes it. */
	unsigned ticket = atomic_load_explicit(&served, memory_order_relaxed);

	atomic_store_explicit(&served, ticket + 1, memory_order_relaxed);
}

static void *adder(void *number)
{
	(void)number;
	lock();
	counter++;
	unlock();
	return NULL;
}

static void run(void)
{
	SUITE_RUN(adder, adder, adder);
	scenario_require(counter == 3, "three additions count");
}

SUITE_MAIN(run);
