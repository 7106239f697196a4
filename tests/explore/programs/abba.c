/*
 * abba.c - two threads take two locks in opposite order
 *
 * Fails: each has its first lock when the other asks for it.
 */
#include "suite.h"

static pthread_mutex_t locks[2] = {
	PTHREAD_MUTEX_INITIALIZER,
	PTHREAD_MUTEX_INITIALIZER,
};
static int guarded;

static void *taker(void *number)
{
	int first = suite_number(number);

	pthread_mutex_lock(&locks[first]);
	pthread_mutex_lock(&locks[!first]);
	guarded++;
	pthread_mutex_unlock(&locks[!first]);
	pthread_mutex_unlock(&locks[first]);
	return NULL;
}

static void run(void)
{
	SUITE_RUN(taker, taker);
	scenario_require(guarded == 2, "both were there");
}

SUITE_MAIN(run);
