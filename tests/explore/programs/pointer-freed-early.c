/*
 * pointer-freed-early.c - the block that was replaced is freed at once
 *
 * Fails: the reader has loaded the old pointer when the writer replaces and
 * frees the block; the reader reads on.
 */
#include "suite.h"

#include <stdatomic.h>
#include <stdlib.h>

static _Atomic(int *) current;

static int *number_new(int value)
{
	int *number = malloc(sizeof(*number));

	scenario_require(number != NULL, "memory");
	*number = value;
	return number;
}

static void *reader(void *number)
{
	const int *seen = atomic_load(&current);

	(void)number;
	scenario_require(*seen == 1 || *seen == 2, "a whole number");
	return NULL;
}

static void *writer(void *number)
{
	(void)number;
	free(atomic_exchange(&current, number_new(2)));
	return NULL;
}

static void run(void)
{
	atomic_store(&current, number_new(1));
	SUITE_RUN(reader, writer);
	free(atomic_load(&current));
}

SUITE_MAIN(run);
