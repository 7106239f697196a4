/*
 * detached.c - a detached thread is waited for by a semaphore, and another is
 * left waiting for work that does not come
 */
#include "suite.h"

#include <semaphore.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER;
static int work;
static sem_t finished;
static int result;

static void *worker(void *number)
{
	(void)number;
	pthread_detach(pthread_self());
	result = 42;
	sem_post(&finished);
	pthread_exit(NULL);
}

static void *idler(void *number)
{
	(void)number;
	pthread_mutex_lock(&lock);
	while (!work)
		pthread_cond_wait(&filled, &lock);
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void run(void)
{
	pthread_attr_t attributes;
	pthread_t thread;

	sem_init(&finished, 0, 0);
	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	scenario_require(!pthread_create(&thread, &attributes, idler, NULL),
			 "a detached thread starts");
	pthread_attr_destroy(&attributes);
	suite_start(worker, 0);
	while (sem_wait(&finished))
		;
	scenario_require(result == 42, "there is a result");
}

SUITE_MAIN(run);
