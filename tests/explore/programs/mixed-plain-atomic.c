/*
 * mixed-plain-atomic.c - a record of atomics is reset by memset() while others
 * count in it
 *
 * Fails: a race in every schedule, as the one side is not atomic.
 */
#include "suite.h"

#include <stdatomic.h>
#include <string.h>

static struct {
	atomic_int calls;
	atomic_int errors;
} statistics;
/* Not for the compiler to know: it would write without a call, or a hook. */
static volatile size_t size = sizeof(statistics);

static void *counter(void *number)
{
	(void)number;
	atomic_fetch_add(&statistics.calls, 1);
	return NULL;
}

static void *resetter(void *number)
{
	(void)number;
	memset((void *)&statistics, 0, size);
	return NULL;
}

static void run(void)
{
	SUITE_RUN(counter, resetter);
	scenario_require(atomic_load(&statistics.calls) <= 1 &&
				 !atomic_load(&statistics.errors),
			 "no more than was counted");
}

SUITE_MAIN(run);
