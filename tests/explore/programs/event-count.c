/*
 * event-count.c - a waiter announces itself before it looks, a notifier
 * publishes before it looks for waiters, all sequentially consistent
 */
#include "suite.h"

#include "futex.h"

static atomic_uint events;
static atomic_int waiters;
static atomic_int item;

static void *taker(void *number)
{
	(void)number;
	atomic_fetch_add_explicit(&waiters, 1, memory_order_seq_cst);
	for (;;) {
		unsigned seen = atomic_load_explicit(&events,
						     memory_order_seq_cst);

		if (atomic_load_explicit(&item, memory_order_seq_cst))
			break;
		futex_wait(&events, seen);
	}
	atomic_fetch_sub_explicit(&waiters, 1, memory_order_seq_cst);
	return NULL;
}

static void *giver(void *number)
{
	(void)number;
	atomic_store_explicit(&item, 1, memory_order_seq_cst);
	if (atomic_load_explicit(&waiters, memory_order_seq_cst)) {
		atomic_fetch_add_explicit(&events, 1, memory_order_seq_cst);
		futex_wake(&events, INT_MAX);
	}
	return NULL;
}

static void run(void)
{
	SUITE_RUN(taker, giver);
}

SUITE_MAIN(run);
