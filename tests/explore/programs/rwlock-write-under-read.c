/*
 * rwlock-write-under-read.c - a cache counts its hits under the read lock
 *
 * Fails: two readers count; a race in every schedule.
 */
#include "suite.h"

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static int cache = 5;
static int hits;

static void *reader(void *number)
{
	(void)number;
	pthread_rwlock_rdlock(&lock);
	if (cache == 5)
		hits++;
	pthread_rwlock_unlock(&lock);
	return NULL;
}

static void run(void)
{
	SUITE_RUN(reader, reader);
	scenario_require(hits == 2, "both hits count");
}

SUITE_MAIN(run);
