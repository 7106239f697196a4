/*
 * join-self.c - the last to leave joins the worker, whoever that is
 *
 * Fails: the worker is the last, and joins itself.
 */
#include "suite.h"

#include <semaphore.h>
#include <stdatomic.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_t shared;
static atomic_int present = 2;
static sem_t all_gone;

static void leave(void)
{
	if (atomic_fetch_sub(&present, 1) == 1) {
		pthread_t thread;

		pthread_mutex_lock(&lock);
		thread = shared;
		pthread_mutex_unlock(&lock);
		scenario_require(!pthread_join(thread, NULL), "it is joined");
		sem_post(&all_gone);
	}
}

static void *worker(void *number)
{
	(void)number;
	leave();
	return NULL;
}

static void *partner(void *number)
{
	(void)number;
	pthread_detach(pthread_self());
	leave();
	return NULL;
}

static void run(void)
{
	sem_init(&all_gone, 0, 0);
	pthread_mutex_lock(&lock);
	shared = suite_start(worker, 0);
	pthread_mutex_unlock(&lock);
	suite_start(partner, 1);
	while (sem_wait(&all_gone))
		;
}

SUITE_MAIN(run);
