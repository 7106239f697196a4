/*
 * mcs-lock.c - a queue of waiters, each of which spins on a node of its own
 * (Mellor-Crummey and Scott)
 */
#include "suite.h"

#include <sched.h>
#include <stdatomic.h>

struct node {
	_Atomic(struct node *) next;
	atomic_int waits;
};

static _Atomic(struct node *) tail;
static struct node nodes[2];
static int counter;

static void lock(struct node *own)
{
	struct node *before;

	atomic_store_explicit(&own->next, NULL, memory_order_relaxed);
	atomic_store_explicit(&own->waits, 1, memory_order_relaxed);
	before = atomic_exchange_explicit(&tail, own, memory_order_acq_rel);
	if (!before)
		return;
	atomic_store_explicit(&before->next, own, memory_order_release);
	while (atomic_load_explicit(&own->waits, memory_order_acquire))
		sched_yield();
}

static void unlock(struct node *own)
{
	struct node *next = atomic_load_explicit(&own->next,
						 memory_order_acquire);

	if (!next) {
		struct node *last = own;

		if (atomic_compare_exchange_strong_explicit(
			    &tail, &last, NULL, memory_order_release,
			    memory_order_relaxed))
			return;
		/* Somebody is in line, and about to say so. */
		while (!(next = atomic_load_explicit(&own->next,
						     memory_order_acquire)))
			sched_yield();
	}
	atomic_store_explicit(&next->waits, 0, memory_order_release);
}

static void *adder(void *number)
{
	struct node *own = &nodes[suite_number(number)];

	lock(own);
	counter++;
	unlock(own);
	return NULL;
}

static void run(void)
{
	SUITE_RUN(adder, adder);
	scenario_require(counter == 2, "both additions count");
}

SUITE_MAIN(run);
