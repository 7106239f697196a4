/*
 * rwlock-upgrade.c - a reader that finds nothing asks for the write lock while
 * it has the read lock
 *
 * Fails: the reader comes before the filler, and waits for itself.
 */
#include "suite.h"

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static int cache;

static void *filler(void *number)
{
	(void)number;
	pthread_rwlock_wrlock(&lock);
	cache = 1;
	pthread_rwlock_unlock(&lock);
	return NULL;
}

static void *reader(void *number)
{
	(void)number;
	pthread_rwlock_rdlock(&lock);
	if (!cache) {
		scenario_require(!pthread_rwlock_wrlock(&lock),
				 "the lock is had");
		cache = 1;
		pthread_rwlock_unlock(&lock);
	}
	pthread_rwlock_unlock(&lock);
	return NULL;
}

static void run(void)
{
	SUITE_RUN(filler, reader);
}

SUITE_MAIN(run);
