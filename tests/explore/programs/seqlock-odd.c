/*
 * seqlock-odd.c - the reader does not mind that the version is odd
 *
 * Fails: the writer is preempted between its two values, the reader loads both
 * and finds version 1 twice.
 */
#include "suite.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>

static atomic_uint version;
static atomic_int values[2];

static void *writer(void *number)
{
	unsigned before = atomic_load_explicit(&version, memory_order_relaxed);

	(void)number;
	atomic_store_explicit(&version, before + 1, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	atomic_store_explicit(&values[0], 1, memory_order_relaxed);
	atomic_store_explicit(&values[1], 1, memory_order_relaxed);
	atomic_store_explicit(&version, before + 2, memory_order_release);
	return NULL;
}

static bool look(int seen[2])
{
	unsigned before = atomic_load_explicit(&version, memory_order_acquire);

	for (int i = 0; i < 2; i++)
		seen[i] = atomic_load_explicit(&values[i],
					       memory_order_relaxed);
	atomic_thread_fence(memory_order_acquire);
	return atomic_load_explicit(&version, memory_order_relaxed) == before;
}

static void *reader(void *number)
{
	int seen[2];

	(void)number;
	while (!look(seen))
		sched_yield();
	scenario_require(seen[0] == seen[1], "the values belong together");
	return NULL;
}

static void run(void)
{
	SUITE_RUN(writer, reader);
}

SUITE_MAIN(run);
