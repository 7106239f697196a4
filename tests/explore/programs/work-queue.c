/*
 * work-queue.c - two workers, an item, and an end that is told to all
 */
#include "suite.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int items;
static int closed;
static int done;

static void *worker(void *number)
{
	(void)number;
	pthread_mutex_lock(&lock);
	for (;;) {
		while (!items && !closed)
			pthread_cond_wait(&changed, &lock);
		if (!items)
			break;
		items--;
		done++;
	}
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void *owner(void *number)
{
	(void)number;
	pthread_mutex_lock(&lock);
	items = 1;
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
	pthread_mutex_lock(&lock);
	closed = 1;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void run(void)
{
	SUITE_RUN(worker, worker, owner);
	scenario_require(done == 1 && !items, "the item is worked on");
}

SUITE_MAIN(run);
