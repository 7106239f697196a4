/*
 * cond-destroyed-waited.c - a condition is destroyed, and who waits for it is
 * not told before
 *
 * Fails: the waiter waits before the flag is set.
 */
#include "suite.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t closed;
static int is_closed;

static void *waiter(void *number)
{
	(void)number;
	pthread_mutex_lock(&lock);
	if (!is_closed)
		pthread_cond_wait(&closed, &lock);
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void run(void)
{
	pthread_t thread;

	pthread_cond_init(&closed, NULL);
	thread = suite_start(waiter, 0);
	pthread_mutex_lock(&lock);
	is_closed = 1;
	pthread_mutex_unlock(&lock);
	pthread_cond_destroy(&closed);
	suite_join(thread);
}

SUITE_MAIN(run);
