/*
 * ping-pong.c - two threads take turns, each by a condition of its own
 */
#include "suite.h"

#include <assert.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turns[2] = {
	PTHREAD_COND_INITIALIZER,
	PTHREAD_COND_INITIALIZER,
};
static int turn;
static int rallies;

static void *player(void *number)
{
	int own = suite_number(number);

	for (int i = 0; i < 2; i++) {
		pthread_mutex_lock(&lock);
		while (turn != own)
			pthread_cond_wait(&turns[own], &lock);
		assert(rallies % 2 == own);
		rallies++;
		turn = !own;
		pthread_cond_signal(&turns[!own]);
		pthread_mutex_unlock(&lock);
	}
	return NULL;
}

static void run(void)
{
	SUITE_RUN(player, player);
	assert(rallies == 4);
}

SUITE_MAIN(run);
