/*
 * broadcast-levels.c - threads that wait for different numbers on one condition
 * are all told of each change
 */
#include "suite.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int level;

static void *waiter(void *number)
{
	int wanted = suite_number(number) + 1;

	pthread_mutex_lock(&lock);
	while (level != wanted)
		pthread_cond_wait(&changed, &lock);
	level++;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void *setter(void *number)
{
	(void)number;
	pthread_mutex_lock(&lock);
	level = 1;
	pthread_mutex_unlock(&lock);
	/* After the unlock is as good. */
	pthread_cond_broadcast(&changed);
	return NULL;
}

static void run(void)
{
	SUITE_RUN(waiter, waiter, setter);
	scenario_require(level == 3, "each waiter had its turn");
}

SUITE_MAIN(run);
