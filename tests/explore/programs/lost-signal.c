/*
 * lost-signal.c - a wait for a signal that may have been given already
 *
 * Fails: the signal comes before the wait, and nothing remembers it.
 */
#include "suite.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t done = PTHREAD_COND_INITIALIZER;

static void *worker(void *number)
{
	(void)number;
	pthread_mutex_lock(&lock);
	pthread_cond_signal(&done);
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void run(void)
{
	pthread_t thread = suite_start(worker, 0);

	pthread_mutex_lock(&lock);
	pthread_cond_wait(&done, &lock);
	pthread_mutex_unlock(&lock);
	suite_join(thread);
}

SUITE_MAIN(run);
