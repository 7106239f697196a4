/*
 * signal-for-broadcast.c - two threads wait for two numbers on one condition,
 * and one signal is given
 *
 * Fails: thread 1, which waits for the other number, waits first; the signal
 * wakes it, it waits again, and the thread meant is never told.
 */
#include "suite.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int level;

static void *waiter(void *number)
{
	int wanted = suite_number(number) ? 1 : 2;

	pthread_mutex_lock(&lock);
	while (level < wanted)
		pthread_cond_wait(&changed, &lock);
	/* Only the one woken at level 1 brings about level 2. */
	level = 2;
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void *setter(void *number)
{
	(void)number;
	pthread_mutex_lock(&lock);
	level = 1;
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void run(void)
{
	SUITE_RUN(waiter, waiter, setter);
}

SUITE_MAIN(run);
