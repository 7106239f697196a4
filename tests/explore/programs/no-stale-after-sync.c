/*
 * no-stale-after-sync.c - a relaxed load is not stale where a mutex, a
 * semaphore, a barrier or a condition has ordered it after the store
 */
#include "suite.h"

#include <semaphore.h>
#include <stdatomic.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static sem_t posted;
static int told;
static atomic_int under_lock, by_post, by_barrier;

static void put(atomic_int *word)
{
	atomic_store_explicit(word, 1, memory_order_relaxed);
}

static int get(atomic_int *word)
{
	return atomic_load_explicit(word, memory_order_relaxed);
}

static void *giver(void *number)
{
	(void)number;
	put(&by_barrier);
	pthread_barrier_wait(&barrier);
	put(&by_post);
	sem_post(&posted);
	put(&under_lock);
	pthread_mutex_lock(&lock);
	told = 1;
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void *taker(void *number)
{
	(void)number;
	pthread_barrier_wait(&barrier);
	scenario_require(get(&by_barrier), "stored before the barrier");
	while (sem_wait(&posted))
		;
	scenario_require(get(&by_post), "stored before the post");
	pthread_mutex_lock(&lock);
	while (!told)
		pthread_cond_wait(&changed, &lock);
	scenario_require(get(&under_lock), "stored before the unlock");
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void run(void)
{
	pthread_barrier_init(&barrier, NULL, 2);
	sem_init(&posted, 0, 0);
	SUITE_RUN(giver, taker);
	sem_destroy(&posted);
	pthread_barrier_destroy(&barrier);
}

SUITE_MAIN(run);
