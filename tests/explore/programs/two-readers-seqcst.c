/*
 * two-readers-seqcst.c - two writers, and two readers who, by sequential
 * consistency, have to agree on which was first
 */
#include "suite.h"

#include <stdatomic.h>

static atomic_int values[2];
static int second_only[2];

static void *writer(void *number)
{
	atomic_store_explicit(&values[suite_number(number)], 1,
			      memory_order_seq_cst);
	return NULL;
}

static void *reader(void *number)
{
	int first = suite_number(number) - 2;
	int a = atomic_load_explicit(&values[first], memory_order_seq_cst);
	int b = atomic_load_explicit(&values[!first], memory_order_seq_cst);

	second_only[first] = a && !b;
	return NULL;
}

static void run(void)
{
	SUITE_RUN(writer, writer, reader, reader);
	scenario_require(!(second_only[0] && second_only[1]),
			 "the writers have one order");
}

SUITE_MAIN(run);
