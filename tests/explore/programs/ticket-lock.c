/*
 * ticket-lock.c - tickets are drawn relaxed, and served with release and
 * acquire
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

	atomic_store_explicit(&served, ticket + 1, memory_order_release);
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
