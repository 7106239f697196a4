/*
 * release-sequence-broken.c - a relaxed store by a third thread, not an update,
 * has replaced the release
 *
 * Fails: writer, then setter, then reader, which acquires the setter's store
 * and with it nothing.
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

static void *setter(void *number)
{
	(void)number;
	if (atomic_load_explicit(&state, memory_order_relaxed) == 1)
		atomic_store_explicit(&state, 2, memory_order_relaxed);
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
	SUITE_RUN(writer, setter, reader);
}

SUITE_MAIN(run);
