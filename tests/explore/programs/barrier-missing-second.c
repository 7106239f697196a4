/*
 * barrier-missing-second.c - nobody waits for those who still read before the
 * next round is written
 *
 * Fails: thread 1 is still to read round 1 when thread 2 writes round 2.
 */
#include "suite.h"

static pthread_barrier_t barrier;
static int parts[2];

static void *worker(void *number)
{
	int own = suite_number(number);

	for (int round = 1; round <= 2; round++) {
		parts[own] = round;
		pthread_barrier_wait(&barrier);
		scenario_require(parts[!own] == round,
				 "the other's part is this round's");
	}
	return NULL;
}

static void run(void)
{
	pthread_barrier_init(&barrier, NULL, 2);
	SUITE_RUN(worker, worker);
	pthread_barrier_destroy(&barrier);
}

SUITE_MAIN(run);
