/*
 * bounded-buffer.c - room for one, two producers, two consumers, a condition
 * for each side
 */
#include "suite.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t not_full = PTHREAD_COND_INITIALIZER;
static pthread_cond_t not_empty = PTHREAD_COND_INITIALIZER;
static int slot;
static int full;
static int sum;

static void *producer(void *number)
{
	pthread_mutex_lock(&lock);
	while (full)
		pthread_cond_wait(&not_full, &lock);
	slot = suite_number(number) + 1;
	full = 1;
	pthread_cond_signal(&not_empty);
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void *consumer(void *number)
{
	(void)number;
	pthread_mutex_lock(&lock);
	while (!full)
		pthread_cond_wait(&not_empty, &lock);
	sum += slot;
	full = 0;
	pthread_cond_signal(&not_full);
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void run(void)
{
	SUITE_RUN(producer, producer, consumer, consumer);
	scenario_require(sum == 3 && !full, "each item is taken once");
}

SUITE_MAIN(run);
