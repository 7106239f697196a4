/*
 * flag-chain.c - what the first of three threads wrote reaches the third by way
 * of the second
 */
#include "suite.h"

#include <stdatomic.h>

static int data;
static atomic_int hint;
static atomic_int first;
static atomic_int second;

static void *writer(void *number)
{
	(void)number;
	data = 42;
	atomic_store_explicit(&hint, 1, memory_order_relaxed);
	atomic_store_explicit(&first, 1, memory_order_release);
	return NULL;
}

static void *carrier(void *number)
{
	(void)number;
	if (atomic_load_explicit(&first, memory_order_acquire))
		atomic_store_explicit(&second, 1, memory_order_release);
	return NULL;
}

static void *reader(void *number)
{
	(void)number;
	if (atomic_load_explicit(&second, memory_order_acquire)) {
		scenario_require(data == 42, "the data is there");
		scenario_require(
			atomic_load_explicit(&hint, memory_order_relaxed),
			"and so is what was relaxed before it");
	}
	return NULL;
}

static void run(void)
{
	SUITE_RUN(writer, carrier, reader);
}

SUITE_MAIN(run);
