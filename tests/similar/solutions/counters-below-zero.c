/* Two counters that go below zero by those who wait (as in Plan 9's qlock). */
#include "bq.h"
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

struct counter {
	_Atomic long value;
	sem_t sleep;
};

struct bq {
	struct counter items, places;
	_Atomic int closed;
	_Atomic size_t next_in, next_out;
	pthread_mutex_t in_lock, out_lock;
	size_t capacity;
	_Atomic(void *) *cells;
};

static void counter_init(struct counter *c, long value)
{
	c->value = value;
	sem_init(&c->sleep, 0, 0);
}

static void up(struct counter *c)
{
	if (atomic_fetch_add(&c->value, 1) < 0)
		sem_post(&c->sleep);
}

static int try_down(struct counter *c)
{
	long v = c->value;

	while (v > 0)
		if (atomic_compare_exchange_weak(&c->value, &v, v - 1))
			return 1;
	return 0;
}

static int down(struct counter *c, int ms)
{
	struct timespec t;
	long v;

	if (try_down(c))
		return 0;
	if (ms == 0)
		return EAGAIN;
	if (atomic_fetch_sub(&c->value, 1) > 0)
		return 0;
	if (ms < 0) {
		while (sem_wait(&c->sleep) == -1)
			continue;
		return 0;
	}
	timespec_get(&t, TIME_UTC);
	t.tv_sec += (t.tv_nsec + ms * 1000000LL) / 1000000000LL;
	t.tv_nsec = (t.tv_nsec + ms * 1000000LL) % 1000000000LL;
	while (sem_timedwait(&c->sleep, &t) == -1) {
		if (errno == EINTR)
			continue;
		for (v = c->value; v < 0;)
			if (atomic_compare_exchange_weak(&c->value, &v, v + 1))
				return ETIMEDOUT;
		sem_wait(&c->sleep);
		break;
	}
	return 0;
}

bq_t *bq_new(size_t capacity)
{
	bq_t *q;

	if (!capacity || !(q = calloc(1, sizeof *q)))
		return NULL;
	q->cells = calloc(capacity, sizeof *q->cells);
	if (!q->cells) {
		free(q);
		return NULL;
	}
	q->capacity = capacity;
	counter_init(&q->items, 0);
	counter_init(&q->places, (long)capacity);
	pthread_mutex_init(&q->in_lock, NULL);
	pthread_mutex_init(&q->out_lock, NULL);
	return q;
}

int bq_put(bq_t *q, void *item, int timeout_ms)
{
	int r = q->closed ? EPIPE : down(&q->places, timeout_ms);

	if (r == 0 && q->closed) {
		up(&q->places);
		r = EPIPE;
	}
	if (r)
		return q->closed ? EPIPE : r;
	pthread_mutex_lock(&q->in_lock);
	q->cells[q->next_in++ % q->capacity] = item;
	pthread_mutex_unlock(&q->in_lock);
	up(&q->items);
	return 0;
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms)
{
	int r = down(&q->items, q->closed ? 0 : timeout_ms);

	if (r)
		return q->closed ? EPIPE : r;
	pthread_mutex_lock(&q->out_lock);
	if (q->next_out == q->next_in) {
		pthread_mutex_unlock(&q->out_lock);
		up(&q->items);
		return EPIPE;
	}
	*ret_item = q->cells[q->next_out++ % q->capacity];
	pthread_mutex_unlock(&q->out_lock);
	up(&q->places);
	return 0;
}

void bq_close(bq_t *q)
{
	if (atomic_exchange(&q->closed, 1))
		return;
	up(&q->items);
	up(&q->places);
}

size_t bq_len(bq_t *q)
{
	return q->next_in - q->next_out;
}

void bq_free(bq_t *q)
{
	if (!q)
		return;
	sem_destroy(&q->items.sleep);
	sem_destroy(&q->places.sleep);
	free(q->cells);
	free(q);
}
