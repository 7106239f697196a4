/*
 * flag-relaxed.c - plain data behind a flag that is relaxed on both sides
 *
 * Fails: a race whenever the reader sees the flag, as nothing orders the two
 * accesses of the data.
 */
#include "suite.h"

#include <stdatomic.h>

static int data;
static atomic_int ready;

static void *writer(void *number)
{
	(void)number;
	data = 42;
	atomic_store_explicit(&ready, 1, memory_order_relaxed);
	return NULL;
}

static void *reader(void *number)
{
	(void)number;
	if (atomic_load_explicit(&ready, memory_order_relaxed))
		scenario_require(data == 42, "the data is there");
	return NULL;
}

static void run(void)
{
	SUITE_RUN(writer, reader);
}

SUITE_MAIN(run);
