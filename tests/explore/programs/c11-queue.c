/*
 * c11-queue.c - hand over by C11 threads, mutex and condition
 */
#include "suite.h"

#include <threads.h>

static mtx_t lock;
static cnd_t changed;
static int slot;

static int giver(void *argument)
{
	(void)argument;
	for (int i = 1; i <= 2; i++) {
		mtx_lock(&lock);
		while (slot)
			cnd_wait(&changed, &lock);
		slot = i;
		cnd_broadcast(&changed);
		mtx_unlock(&lock);
		thrd_yield();
	}
	return 3;
}

static int taker(void *argument)
{
	int sum = 0;

	(void)argument;
	for (int i = 0; i < 2; i++) {
		mtx_lock(&lock);
		while (!slot)
			cnd_wait(&changed, &lock);
		sum += slot;
		slot = 0;
		cnd_broadcast(&changed);
		mtx_unlock(&lock);
	}
	return sum;
}

static void run(void)
{
	thrd_t threads[2];
	int results[2];

	scenario_require(mtx_init(&lock, mtx_plain) == thrd_success, "a mutex");
	scenario_require(cnd_init(&changed) == thrd_success, "a condition");
	thrd_create(&threads[0], giver, NULL);
	thrd_create(&threads[1], taker, NULL);
	for (int i = 0; i < 2; i++)
		thrd_join(threads[i], &results[i]);
	scenario_require(results[0] == 3 && results[1] == 3,
			 "what they returned is joined");
	cnd_destroy(&changed);
	mtx_destroy(&lock);
}

SUITE_MAIN(run);
