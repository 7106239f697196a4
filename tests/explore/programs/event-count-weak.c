/*
 * event-count-weak.c - announcing and publishing are not ordered before the
 * looks that follow them
 *
 * Fails: the notifier publishes and sees no waiter; the waiter announces
 * itself, loads the older item, and sleeps.
 */
#include "suite.h"

#include "futex.h"

static atomic_uint events;
static atomic_int waiters;
static atomic_int item;

static void *taker(void *number)
{
	(void)number;
	atomic_fetch_add_explicit(&waiters, 1, memory_order_acq_rel);
	for (;;) {
		unsigned seen = atomic_load_explicit(&events,
						     memory_order_acquire);

		if (atomic_load_explicit(&item, memory_order_acquire))
			break;
		futex_wait(&events, seen);
	}
	atomic_fetch_sub_explicit(&waiters, 1, memory_order_acq_rel);
	return NULL;
}

static void *giver(void *number)
{
	(void)number;
	atomic_store_explicit(&item, 1, memory_order_release);
	if (atomic_load_explicit(&waiters, memory_order_acquire)) {
		atomic_fetch_add_explicit(&events, 1, memory_order_acq_rel);
		futex_wake(&events, INT_MAX);
	}
	return NULL;
}

static void run(void)
{
	SUITE_RUN(taker, giver);
}

SUITE_MAIN(run);
