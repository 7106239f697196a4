/*
 * signal-without-lock.c - the flag is atomic, so its setter spares the lock
 *
 * Fails: flag set and signal given between the waiter's look at the flag and
 * its wait.
 */
#include "suite.h"

#include <stdatomic.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static atomic_int ready;

static void *setter(void *number)
{
	(void)number;
	atomic_store(&ready, 1);
	pthread_cond_signal(&changed);
	return NULL;
}

static void *waiter(void *number)
{
	(void)number;
	pthread_mutex_lock(&lock);
	while (!atomic_load(&ready))
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void run(void)
{
	SUITE_RUN(setter, waiter);
}

SUITE_MAIN(run);
