/*
 * flag-missing-release.c - the reader acquires, but the writer does not release
 *
 * Fails: the reader sees the flag, and loads the data's older value; no race,
 * as both are atomic.
 */
#include "suite.h"

#include <stdatomic.h>

static atomic_int data;
static atomic_int ready;

static void *writer(void *number)
{
	(void)number;
	atomic_store_explicit(&data, 42, memory_order_relaxed);
	atomic_store_explicit(&ready, 1, memory_order_relaxed);
	return NULL;
}

static void *reader(void *number)
{
	(void)number;
	if (atomic_load_explicit(&ready, memory_order_acquire))
		scenario_require(
			atomic_load_explicit(&data, memory_order_relaxed) == 42,
			"the data is there");
	return NULL;
}

static void run(void)
{
	SUITE_RUN(writer, reader);
}

SUITE_MAIN(run);
