/*
 * copy-without-lock.c - a buffer that is copied while it is filled, by memset()
 * and memcpy() alone
 *
 * Fails: a race in every schedule, which only the two functions commit.
 */
#include "suite.h"

#include <string.h>

static char shared[64];
static volatile size_t length = 48; /* not for the compiler to know */

static void *filler(void *number)
{
	(void)number;
	memset(shared, 'a', length);
	return NULL;
}

static void *copier(void *number)
{
	char copy[64] = "";

	(void)number;
	memcpy(copy, shared, length);
	scenario_require(copy[0] == copy[47], "all of it or nothing");
	return NULL;
}

static void run(void)
{
	SUITE_RUN(filler, copier);
}

SUITE_MAIN(run);
