#include "counter.h"

#include <pthread.h>
#include <stdlib.h>

struct counter {
	pthread_mutex_t lock;
	long sum;
};

struct counter *counter_new(void)
{
	struct counter *counter = calloc(1, sizeof *counter);

	if (counter && pthread_mutex_init(&counter->lock, NULL) == 0)
		return counter;
	free(counter);
	return NULL;
}

void counter_add(struct counter *counter, long number)
{
	(void)pthread_mutex_lock(&counter->lock);
	counter->sum += number;
	(void)pthread_mutex_unlock(&counter->lock);
}

long counter_get(struct counter *counter)
{
	long sum;

	(void)pthread_mutex_lock(&counter->lock);
	sum = counter->sum;
	(void)pthread_mutex_unlock(&counter->lock);
	return sum;
}
