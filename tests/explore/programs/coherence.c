/*
 * coherence.c - relaxed loads of one variable never go back, see what the
 * thread itself stored, and see what happened before
 */
#include "suite.h"

#include <stdatomic.h>

static atomic_int value;
static atomic_int other;

static int look(void)
{
	return atomic_load_explicit(&value, memory_order_relaxed);
}

static void *writer(void *number)
{
	(void)number;
	for (int i = 2; i < 5; i++) {
		atomic_store_explicit(&value, i, memory_order_relaxed);
		scenario_require(look() == i, "the only writer sees its own");
	}
	return NULL;
}

static void *reader(void *number)
{
	int newest = 1; /* stored before the thread began */

	(void)number;
	for (int i = 0; i < 4; i++) {
		int seen = look();

		scenario_require(seen >= newest, "a value does not come back");
		newest = seen;
	}
	scenario_require(
		atomic_fetch_add_explicit(&other, 1, memory_order_relaxed) < 2,
		"an update sees the newest");
	return NULL;
}

static void run(void)
{
	atomic_store_explicit(&value, 1, memory_order_relaxed);
	SUITE_RUN(writer, reader, reader);
	scenario_require(look() == 4, "a join shows everything");
}

SUITE_MAIN(run);
