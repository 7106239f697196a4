/*
 * sem-buffer.c - room for one by two counting semaphores and a binary one
 */
#include "suite.h"

#include <semaphore.h>

static sem_t room;
static sem_t items;
static sem_t mutex;
static int slot;
static int sum;

static void *producer(void *number)
{
	while (sem_wait(&room))
		;
	while (sem_wait(&mutex))
		;
	slot = suite_number(number) + 1;
	sem_post(&mutex);
	sem_post(&items);
	return NULL;
}

static void *consumer(void *number)
{
	(void)number;
	for (int i = 0; i < 2; i++) {
		while (sem_wait(&items))
			;
		while (sem_wait(&mutex))
			;
		sum += slot;
		sem_post(&mutex);
		sem_post(&room);
	}
	return NULL;
}

static void run(void)
{
	sem_init(&room, 0, 1);
	sem_init(&items, 0, 0);
	sem_init(&mutex, 0, 1);
	SUITE_RUN(producer, producer, consumer);
	scenario_require(sum == 3, "each item is taken once");
	sem_destroy(&room);
	sem_destroy(&items);
	sem_destroy(&mutex);
}

SUITE_MAIN(run);
