/*
 * peterson-seqcst.c - Peterson's lock, sequentially consistent, spun on without
 * a yield
 */
#include "suite.h"

#include <stdatomic.h>

static atomic_int wants[2];
static atomic_int turn;
static int counter;

static void enter(int own)
{
	atomic_store_explicit(&wants[own], 1, memory_order_seq_cst);
	atomic_store_explicit(&turn, !own, memory_order_seq_cst);
	while (atomic_load_explicit(&wants[!own], memory_order_seq_cst) &&
	       atomic_load_explicit(&turn, memory_order_seq_cst) != own)
		;
}

static void leave(int own)
{
	atomic_store_explicit(&wants[own], 0, memory_order_seq_cst);
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
