/*
 * if-for-while-spurious.c - one waiter, one signal, and no loop around the wait
 *
 * Fails: the wait returns for no reason, which POSIX allows it, before the
 * value is there.
 */
#include "suite.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER;
static int value;

static void *giver(void *number)
{
	(void)number;
	pthread_mutex_lock(&lock);
	value = 1;
	pthread_cond_signal(&filled);
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void *taker(void *number)
{
	(void)number;
	pthread_mutex_lock(&lock);
	if (!value)
		pthread_cond_wait(&filled, &lock);
	scenario_require(value, "the value is there after the wait");
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void run(void)
{
	SUITE_RUN(taker, giver);
}

SUITE_MAIN(run);
