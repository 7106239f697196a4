/*
 * flag-fences.c - plain data behind a relaxed flag, ordered by a release fence
 * and an acquire fence
 *
 * ThreadSanitizer does not know fences and calls this a race.
 */
#include "suite.h"

#include <sched.h>
#include <stdatomic.h>

static int data;
static atomic_int ready;

static void *writer(void *number)
{
	(void)number;
	data = 42;
	atomic_thread_fence(memory_order_release);
	atomic_store_explicit(&ready, 1, memory_order_relaxed);
	return NULL;
}

static void *reader(void *number)
{
	(void)number;
	while (!atomic_load_explicit(&ready, memory_order_relaxed))
		sched_yield();
	atomic_thread_fence(memory_order_acquire);
	scenario_require(data == 42, "the data is there");
	return NULL;
}

static void run(void)
{
	SUITE_RUN(writer, reader);
}

SUITE_MAIN(run);
