/*
 * c11-once-tss.c - call_once(), thread-specific storage, a recursive mutex, a
 * timed one, and a sleep, all of C11
 */
#include "suite.h"

#include <threads.h>
#include <time.h>

static once_flag once = ONCE_FLAG_INIT;
static tss_t key;
static mtx_t lock;
static int counter;

static void make(void)
{
	tss_create(&key, NULL);
	mtx_init(&lock, mtx_recursive | mtx_timed);
}

static int user(void *argument)
{
	struct timespec until, pause = { .tv_nsec = 1000 };

	call_once(&once, make);
	scenario_require(!tss_get(key), "NULL at first");
	tss_set(key, argument);
	timespec_get(&until, TIME_UTC);
	until.tv_sec += 60;
	if (mtx_timedlock(&lock, &until) == thrd_success) {
		mtx_lock(&lock);
		counter++;
		mtx_unlock(&lock);
		*(int *)tss_get(key) = 1;
		mtx_unlock(&lock);
	}
	thrd_sleep(&pause, NULL);
	scenario_require(tss_get(key) == argument, "its own");
	return 0;
}

static void run(void)
{
	thrd_t threads[2];
	int counted[2] = { 0, 0 };

	for (int i = 0; i < 2; i++)
		thrd_create(&threads[i], user, &counted[i]);
	for (int i = 0; i < 2; i++)
		thrd_join(threads[i], NULL);
	scenario_require(counter == counted[0] + counted[1],
			 "who had the lock counts");
	tss_delete(key);
	mtx_destroy(&lock);
}

SUITE_MAIN(run);
