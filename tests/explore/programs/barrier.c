/*
 * barrier.c - three threads, one barrier, used again; the thread that is told
 * so adds up what all have written
 */
#include "suite.h"

static pthread_barrier_t barrier;
static int parts[3];
static int sum;

static void *worker(void *number)
{
	int own = suite_number(number);

	for (int round = 1; round <= 2; round++) {
		parts[own] = round;
		if (pthread_barrier_wait(&barrier) ==
		    PTHREAD_BARRIER_SERIAL_THREAD)
			sum = parts[0] + parts[1] + parts[2];
		pthread_barrier_wait(&barrier);
		scenario_require(sum == 3 * round, "the sum is this round's");
	}
	return NULL;
}

static void run(void)
{
	pthread_barrier_init(&barrier, NULL, 3);
	SUITE_RUN(worker, worker, worker);
	pthread_barrier_destroy(&barrier);
}

SUITE_MAIN(run);
