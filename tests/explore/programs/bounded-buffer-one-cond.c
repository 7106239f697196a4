/*
 * bounded-buffer-one-cond.c - producers and consumers wait on one condition, of
 * which each tells one
 *
 * Fails: consumers 1 and 2 wait; the producer puts, wakes 1, and waits as the
 * slot is full; 1 takes and wakes 2, which finds nothing: all but 1 wait.
 */
#include "suite.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int full;

static void *producer(void *number)
{
	(void)number;
	for (int i = 0; i < 2; i++) {
		pthread_mutex_lock(&lock);
		while (full)
			pthread_cond_wait(&changed, &lock);
		full = 1;
		pthread_cond_signal(&changed);
		pthread_mutex_unlock(&lock);
	}
	return NULL;
}

static void *consumer(void *number)
{
	(void)number;
	pthread_mutex_lock(&lock);
	while (!full)
		pthread_cond_wait(&changed, &lock);
	full = 0;
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void run(void)
{
	SUITE_RUN(consumer, consumer, producer);
	scenario_require(!full, "each item is taken");
}

SUITE_MAIN(run);
