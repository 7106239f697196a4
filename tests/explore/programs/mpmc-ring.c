/*
 * mpmc-ring.c - a ring for many on both sides, in which each slot says by a
 * number of its own whose turn it is (after Vyukov)
 */
#include "suite.h"

#include <sched.h>
#include <stdatomic.h>

#define SLOTS 2

static struct {
	atomic_uint turn; /* i: to be filled as item i; i + 1: to be taken */
	int value;
} slots[SLOTS];
static atomic_uint put;
static atomic_uint taken;
static atomic_int sum;

/* Have the next place of the side that @side counts, as soon as the slot's
 * turn is so far @ahead of it. */
static unsigned claim(atomic_uint *side, unsigned ahead)
{
	unsigned place = atomic_load_explicit(side, memory_order_relaxed);

	for (;;) {
		unsigned turn = atomic_load_explicit(&slots[place % SLOTS].turn,
						     memory_order_acquire);

		if (turn == place + ahead &&
		    atomic_compare_exchange_weak_explicit(
			    side, &place, place + 1, memory_order_relaxed,
			    memory_order_relaxed))
			return place;
		if (turn != place + ahead) {
			sched_yield();
			place = atomic_load_explicit(side,
						     memory_order_relaxed);
		}
	}
}

static void *producer(void *number)
{
	unsigned place = claim(&put, 0);

	slots[place % SLOTS].value = suite_number(number) + 1;
	atomic_store_explicit(&slots[place % SLOTS].turn, place + 1,
			      memory_order_release);
	return NULL;
}

static void *consumer(void *number)
{
	unsigned place = claim(&taken, 1);

	(void)number;
	atomic_fetch_add(&sum, slots[place % SLOTS].value);
	atomic_store_explicit(&slots[place % SLOTS].turn, place + SLOTS,
			      memory_order_release);
	return NULL;
}

static void run(void)
{
	for (unsigned i = 0; i < SLOTS; i++)
		atomic_store_explicit(&slots[i].turn, i, memory_order_relaxed);
	SUITE_RUN(producer, producer, consumer, consumer);
	scenario_require(atomic_load(&sum) == 3, "each item is taken once");
}

SUITE_MAIN(run);
