/*
 * null-after-check.c - a pointer is loaded once for the check and once more for
 * the use
 *
 * Fails: the closer takes it away between the reader's two loads.
 */
#include "suite.h"

#include <stdatomic.h>

static int storage = 5;
static _Atomic(int *) current = &storage;

static void *reader(void *number)
{
	(void)number;
	if (atomic_load(&current))
		scenario_require(*atomic_load(&current) == 5, "what is there");
	return NULL;
}

static void *closer(void *number)
{
	(void)number;
	atomic_store(&current, NULL);
	return NULL;
}

static void run(void)
{
	SUITE_RUN(reader, closer);
}

SUITE_MAIN(run);
