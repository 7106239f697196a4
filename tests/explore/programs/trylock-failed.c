/*
 * trylock-failed.c - that a trylock fails is taken for news of what its holder
 * has done
 *
 * Fails: the reader's trylock fails right after the writer's lock, before the
 * value is written; and whatever the order, nothing stands between the two.
 */
#include "suite.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int value;

static void *writer(void *number)
{
	(void)number;
	pthread_mutex_lock(&lock);
	value = 1;
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void *reader(void *number)
{
	(void)number;
	if (pthread_mutex_trylock(&lock))
		scenario_require(value == 1, "the holder has written");
	else
		pthread_mutex_unlock(&lock);
	return NULL;
}

static void run(void)
{
	SUITE_RUN(writer, reader);
}

SUITE_MAIN(run);
