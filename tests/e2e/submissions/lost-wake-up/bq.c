/*
 * A taker looks for an item without the mutex, and then waits for the signal
 * of it, which has been given by then.
 */
#include "bq.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

struct bq {
	pthread_mutex_t lock;
	pthread_cond_t not_empty, not_full;
	size_t capacity;
	atomic_size_t count;
	void *item; /* as if there were room for one only */
};

bq_t *bq_new(size_t capacity)
{
	bq_t *q = calloc(1, sizeof *q);

	if (q) {
		q->capacity = capacity;
		pthread_mutex_init(&q->lock, NULL);
		pthread_cond_init(&q->not_empty, NULL);
		pthread_cond_init(&q->not_full, NULL);
	}
	return q;
}

int bq_put(bq_t *q, void *item, int timeout_ms)
{
	(void)timeout_ms;
	pthread_mutex_lock(&q->lock);
	while (q->count == q->capacity)
		pthread_cond_wait(&q->not_full, &q->lock); /* HERE: put waits */
	q->item = item;
	q->count++;
	pthread_cond_signal(&q->not_empty);
	pthread_mutex_unlock(&q->lock);
	return 0;
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms)
{
	(void)timeout_ms;
	while (q->count == 0)
		sched_yield();
	pthread_mutex_lock(&q->lock);
	pthread_cond_wait(&q->not_empty, &q->lock); /* HERE: take waits */
	*ret_item = q->item;
	q->count--;
	pthread_cond_signal(&q->not_full);
	pthread_mutex_unlock(&q->lock);
	return 0;
}

void bq_close(bq_t *q)
{
	(void)q;
}

size_t bq_len(bq_t *q)
{
	return q->count;
}

void bq_free(bq_t *q)
{
	free(q);
}
