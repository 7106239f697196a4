/*
 * flag-release-acquire.c - plain data behind a flag that is released and
 * acquired, by a spin without a yield
 */
#include "suite.h"

#include <stdatomic.h>

static int data;
static atomic_int ready;

static void *writer(void *number)
{
	(void)number;
	data = 42;
	atomic_store_explicit(&ready, 1, memory_order_release);
	return NULL;
}

static void *reader(void *number)
{
	(void)number;
	while (!atomic_load_explicit(&ready, memory_order_acquire))
		;
	scenario_require(data == 42, "the data is there");
	return NULL;
}

static void run(void)
{
	SUITE_RUN(writer, reader, reader);
}

SUITE_MAIN(run);
