/*
 * lock-cycle-three.c - no two of three threads take their locks in opposite
 * order, but all three together close a circle
 *
 * Fails: each has its first lock when its neighbour asks for it.
 */
#include "suite.h"

static pthread_mutex_t locks[3] = {
	PTHREAD_MUTEX_INITIALIZER,
	PTHREAD_MUTEX_INITIALIZER,
	PTHREAD_MUTEX_INITIALIZER,
};

static void *taker(void *number)
{
	int first = suite_number(number);
	int second = (first + 1) % 3;

	pthread_mutex_lock(&locks[first]);
	pthread_mutex_lock(&locks[second]);
	pthread_mutex_unlock(&locks[second]);
	pthread_mutex_unlock(&locks[first]);
	return NULL;
}

static void run(void)
{
	SUITE_RUN(taker, taker, taker);
}

SUITE_MAIN(run);
