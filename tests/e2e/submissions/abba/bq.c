/*
 * Two mutexes, taken in one order by putters and in the other by takers. The
 * first of each meet in between, so that it never goes well.
 */
#include "bq.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

struct bq {
	pthread_mutex_t head, tail;
	atomic_bool putting, taking;
};

bq_t *bq_new(size_t capacity)
{
	bq_t *q = calloc(1, sizeof *q);

	(void)capacity;
	if (q) {
		pthread_mutex_init(&q->head, NULL);
		pthread_mutex_init(&q->tail, NULL);
	}
	return q;
}

static void meet(atomic_bool *here, atomic_bool *there)
{
	atomic_store(here, true);
	while (!atomic_load(there))
		sched_yield();
}

int bq_put(bq_t *q, void *item, int timeout_ms)
{
	(void)item;
	(void)timeout_ms;
	pthread_mutex_lock(&q->tail); /* HERE: put takes */
	meet(&q->putting, &q->taking);
	pthread_mutex_lock(&q->head); /* HERE: put waits */
	pthread_mutex_unlock(&q->head);
	pthread_mutex_unlock(&q->tail);
	return EPIPE;
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms)
{
	(void)ret_item;
	(void)timeout_ms;
	pthread_mutex_lock(&q->head); /* HERE: take takes */
	meet(&q->taking, &q->putting);
	pthread_mutex_lock(&q->tail); /* HERE: take waits */
	pthread_mutex_unlock(&q->tail);
	pthread_mutex_unlock(&q->head);
	return EPIPE;
}

void bq_close(bq_t *q)
{
	(void)q;
}

size_t bq_len(bq_t *q)
{
	(void)q;
	return 0;
}

void bq_free(bq_t *q)
{
	free(q);
}
