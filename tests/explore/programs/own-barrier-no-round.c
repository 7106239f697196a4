/*
 * own-barrier-no-round.c - a barrier that counts, and waits for its count
 *
 * Fails: thread 2 completes round 1 and arrives for the next before thread 1,
 * which it woke, looks at the count: that is 1 again, and both wait for ever.
 */
#include "suite.h"

#define THREADS 2

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t all_here = PTHREAD_COND_INITIALIZER;
static int arrived;
static int parts[THREADS];

static void wait_for_all(void)
{
	pthread_mutex_lock(&lock);
	if (++arrived == THREADS) {
		pthread_cond_broadcast(&all_here);
		arrived = 0;
	} else {
		while (arrived != 0 && arrived < THREADS)
			pthread_cond_wait(&all_here, &lock);
	}
	pthread_mutex_unlock(&lock);
}

static void *worker(void *number)
{
	int own = suite_number(number);

	for (int round = 1; round <= 2; round++) {
		parts[own] = round;
		wait_for_all();
		scenario_require(parts[!own] == round,
				 "the other has come as far");
		wait_for_all();
	}
	return NULL;
}

static void run(void)
{
	SUITE_RUN(worker, worker);
}

SUITE_MAIN(run);
