/*
 * spsc-ring-relaxed.c - the producer's index is stored relaxed
 *
 * Fails: the consumer sees the index, and races with the write of the slot.
 */
#include "suite.h"

#include <sched.h>
#include <stdatomic.h>

#define SLOTS 2
#define ITEMS 3

static int slots[SLOTS];
static atomic_uint put;
static atomic_uint taken;

static void *producer(void *number)
{
	(void)number;
	for (unsigned i = 0; i < ITEMS; i++) {
		while (i - atomic_load_explicit(&taken, memory_order_acquire) ==
		       SLOTS)
			sched_yield();
		slots[i % SLOTS] = (int)i + 1;
		atomic_store_explicit(&put, i + 1, memory_order_relaxed);
	}
	return NULL;
}

static void *consumer(void *number)
{
	(void)number;
	for (unsigned i = 0; i < ITEMS; i++) {
		while (atomic_load_explicit(&put, memory_order_acquire) == i)
			sched_yield();
		scenario_require(slots[i % SLOTS] == (int)i + 1,
				 "items come in order");
		atomic_store_explicit(&taken, i + 1, memory_order_release);
	}
	return NULL;
}

static void run(void)
{
	SUITE_RUN(producer, consumer);
}

SUITE_MAIN(run);
