/*
 * own-barrier.c - a barrier of a mutex, a condition, and the number of the
 * round
 */
#include "suite.h"

#define THREADS 2

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t all_here = PTHREAD_COND_INITIALIZER;
static int arrived;
static int round_number;
static int parts[THREADS];

static void wait_for_all(void)
{
	int own;

	pthread_mutex_lock(&lock);
	own = round_number;
	if (++arrived == THREADS) {
		arrived = 0;
		round_number++;
		pthread_cond_broadcast(&all_here);
	}
	while (round_number == own)
		pthread_cond_wait(&all_here, &lock);
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
