/*
 * peterson-acqrel.c - Peterson's lock with release stores and acquire loads
 *
 * Fails: a thread's load of the other's flag, or of the turn, is older than the
 * other's store, and both are in.
 */
#include "suite.h"

#include <stdatomic.h>

static atomic_int wants[2];
static atomic_int turn;
static int counter;

static void enter(int own)
{
	atomic_store_explicit(&wants[own], 1, memory_order_release);
	atomic_store_explicit(&turn, !own, memory_order_release);
	while (atomic_load_explicit(&wants[!own], memory_order_acquire) &&
	       atomic_load_explicit(&turn, memory_order_acquire) != own)
		;
}

static void leave(int own)
{
	atomic_store_explicit(&wants[own], 0, memory_order_release);
}

static void *adder(void *number)
{
	int own = suite_number(number);

	enter(own);
	counter++;
	leave(own);
	return NULL;
}

static void run(void)
{
	SUITE_RUN(adder, adder);
	scenario_require(counter == 2, "both additions count");
}

SUITE_MAIN(run);
