/*
 * signal-before-change.c - the waiter is woken first, and what it waits for
 * comes about after that
 *
 * Fails: the waiter wakes between the setter's two critical sections, sees no
 * change, and waits again, with no signal to come.
 */
#include "suite.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int ready;

static void *setter(void *number)
{
	(void)number;
	pthread_mutex_lock(&lock);
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
	pthread_mutex_lock(&lock);
	ready = 1;
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void *waiter(void *number)
{
	(void)number;
	pthread_mutex_lock(&lock);
	while (!ready)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void run(void)
{
	SUITE_RUN(setter, waiter);
}

SUITE_MAIN(run);
