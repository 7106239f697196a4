/*
 * sem-posted-twice.c - a semaphore that serves as a lock is given back by who
 * does not have it
 *
 * Fails: the thread that gave up trying posts nevertheless; the other two are
 * in at once.
 */
#include "suite.h"

#include <semaphore.h>

static sem_t mutex;
static int counter;

static void *adder(void *number)
{
	(void)number;
	while (sem_wait(&mutex))
		;
	counter++;
	sem_post(&mutex);
	return NULL;
}

static void *trier(void *number)
{
	(void)number;
	if (!sem_trywait(&mutex))
		counter++;
	sem_post(&mutex);
	return NULL;
}

static void run(void)
{
	sem_init(&mutex, 0, 1);
	SUITE_RUN(adder, adder, trier);
	sem_destroy(&mutex);
}

SUITE_MAIN(run);
