/*
 * future.c - a value that is set once and waited for by two
 */
#include "suite.h"

struct future {
	pthread_mutex_t lock;
	pthread_cond_t is_set;
	int ready;
	int value;
};

static struct future future = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.is_set = PTHREAD_COND_INITIALIZER,
};

static int future_get(void)
{
	int value;

	pthread_mutex_lock(&future.lock);
	while (!future.ready)
		pthread_cond_wait(&future.is_set, &future.lock);
	value = future.value;
	pthread_mutex_unlock(&future.lock);
	return value;
}

static void future_set(int value)
{
	pthread_mutex_lock(&future.lock);
	future.value = value;
	future.ready = 1;
	pthread_cond_broadcast(&future.is_set);
	pthread_mutex_unlock(&future.lock);
}

static void *setter(void *number)
{
	(void)number;
	future_set(42);
	return NULL;
}

static void *getter(void *number)
{
	(void)number;
	scenario_require(future_get() == 42, "the value that was set");
	return NULL;
}

static void run(void)
{
	SUITE_RUN(getter, setter, getter);
}

SUITE_MAIN(run);
