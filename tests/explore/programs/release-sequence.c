/*
 * release-sequence.c - a relaxed addition by a third thread carries on the
 * release that it adds to
 */
#include "suite.h"

#include <stdatomic.h>

static int data;
static atomic_int state;

static void *writer(void *number)
{
	(void)number;
	data = 42;
	atomic_store_explicit(&state, 1, memory_order_release);
	return NULL;
}

static void *adder(void *number)
{
	int seen = 1;

	(void)number;
	atomic_compare_exchange_strong_explicit(
		&state, &seen, 2, memory_order_relaxed, memory_order_relaxed);
	return NULL;
}

static void *reader(void *number)
{
	(void)number;
	if (atomic_load_explicit(&state, memory_order_acquire) == 2)
		scenario_require(data == 42, "the data is there");
	return NULL;
}

static void run(void)
{
	SUITE_RUN(writer, adder, reader);
}

SUITE_MAIN(run);
