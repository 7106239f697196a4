/*
 * spin-never-told.c - a thread that spins for a count which two others reach
 * only if neither addition is lost
 *
 * Fails: both load 0 and store 1, and the spinner waits for 2 for ever.
 */
#include "suite.h"

#include <stdatomic.h>

static atomic_int arrived;

static void *arrival(void *number)
{
	int seen = atomic_load(&arrived);

	(void)number;
	atomic_store(&arrived, seen + 1);
	return NULL;
}

static void *spinner(void *number)
{
	(void)number;
	while (atomic_load(&arrived) != 2)
		;
	return NULL;
}

static void run(void)
{
	SUITE_RUN(arrival, arrival, spinner);
}

SUITE_MAIN(run);
