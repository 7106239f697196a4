/*
 * max-by-two-loads.c - a maximum that is looked at, and then stored
 *
 * Fails: thread 1 sees 0 and is preempted before it stores its 1; thread 2
 * stores its 2, which thread 1 overwrites.
 */
#include "suite.h"

#include <assert.h>
#include <stdatomic.h>

static atomic_int maximum;

static void *offer(void *number)
{
	int own = suite_number(number) + 1;

	if (atomic_load(&maximum) < own)
		atomic_store(&maximum, own);
	return NULL;
}

static void run(void)
{
	SUITE_RUN(offer, offer);
	assert(atomic_load(&maximum) == 2);
}

SUITE_MAIN(run);
