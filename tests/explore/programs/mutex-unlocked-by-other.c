/*
 * mutex-unlocked-by-other.c - a mutex is used to wait for somebody, who unlocks
 * what it has not locked
 *
 * Fails: in every schedule, as the worker is what the starter waits for.
 */
#include "suite.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *worker(void *number)
{
	(void)number;
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void run(void)
{
	pthread_t thread;

	pthread_mutex_lock(&lock);
	thread = suite_start(worker, 0);
	pthread_mutex_lock(&lock);
	pthread_mutex_unlock(&lock);
	suite_join(thread);
}

SUITE_MAIN(run);
