/*
 * heap-overflow.c - there is room when a thread asks, but not when it takes its
 * place
 *
 * Fails: both see one place left; the second to count up writes behind the
 * block.
 */
#include "suite.h"

#include <stdatomic.h>
#include <stdlib.h>

#define PLACES 3

static int *list;
static atomic_uint used;

static void *adder(void *number)
{
	if (atomic_load(&used) < PLACES)
		list[atomic_fetch_add(&used, 1)] = suite_number(number);
	return NULL;
}

static void run(void)
{
	list = malloc(PLACES * sizeof(*list));
	scenario_require(list != NULL, "memory");
	atomic_store(&used, PLACES - 1);
	SUITE_RUN(adder, adder);
	free(list);
}

SUITE_MAIN(run);
