/*
 * copy-under-lock.c - buffers that are only touched by memset() and memcpy(),
 * under a lock
 */
#include "suite.h"

#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char shared[64];
static volatile size_t length = 48; /* not for the compiler to know */

static void *filler(void *number)
{
	(void)number;
	pthread_mutex_lock(&lock);
	memset(shared, 'a', length);
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void *copier(void *number)
{
	char copy[64] = "";

	(void)number;
	pthread_mutex_lock(&lock);
	memcpy(copy, shared, length);
	pthread_mutex_unlock(&lock);
	scenario_require(copy[0] == copy[47], "all of it or nothing");
	return NULL;
}

static void run(void)
{
	SUITE_RUN(filler, copier);
}

SUITE_MAIN(run);
