/*
 * missed-unlock.c - the early return for an empty list keeps the lock
 *
 * Fails: the taker comes first, finds nothing and returns with the lock; the
 * giver waits for it for ever.
 */
#include "suite.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int items;

static int take(void)
{
	pthread_mutex_lock(&lock);
	if (!items)
		return -1;
	items--;
	pthread_mutex_unlock(&lock);
	return 0;
}

static void *taker(void *number)
{
	(void)number;
	(void)take();
	return NULL;
}

static void *giver(void *number)
{
	(void)number;
	pthread_mutex_lock(&lock);
	items++;
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void run(void)
{
	SUITE_RUN(giver, taker);
}

SUITE_MAIN(run);
