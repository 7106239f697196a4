/*
 * thread-pool-still-busy.c - an owner who waits until nothing is queued
 *
 * Fails: the last job is taken, but not done, when the owner looks.
 */
#include "suite.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work = PTHREAD_COND_INITIALIZER;
static pthread_cond_t idle = PTHREAD_COND_INITIALIZER;
static int queued;
static int busy;
static int closed;
static int results[3];

static void *worker(void *number)
{
	(void)number;
	pthread_mutex_lock(&lock);
	for (;;) {
		int job;

		while (!queued && !closed)
			pthread_cond_wait(&work, &lock);
		if (!queued)
			break;
		job = --queued;
		busy++;
		pthread_mutex_unlock(&lock);
		results[job] = job + 1;
		pthread_mutex_lock(&lock);
		busy--;
		pthread_cond_signal(&idle);
	}
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void *owner(void *number)
{
	int sum = 0;

	(void)number;
	pthread_mutex_lock(&lock);
	queued = 3;
	pthread_cond_broadcast(&work);
	while (queued)
		pthread_cond_wait(&idle, &lock);
	for (int i = 0; i < 3; i++)
		sum += results[i];
	closed = 1;
	pthread_cond_broadcast(&work);
	pthread_mutex_unlock(&lock);
	scenario_require(sum == 6, "all jobs are done");
	return NULL;
}

static void run(void)
{
	SUITE_RUN(worker, worker, owner);
}

SUITE_MAIN(run);
