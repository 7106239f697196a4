#include "bq.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

/* Wakes after unlocking, and only when somebody is known to wait. */
struct bq {
	pthread_mutex_t mx;
	struct gate {
		pthread_cond_t cond;
		unsigned waiting;
	} filled, drained;
	uint32_t rpos, wpos;
	uint32_t size;   /* capacity + 1: one cell is always free */
	uint8_t flags;
	void *cell[];
};

#define F_CLOSED 0x01u

static uint32_t succ(const bq_t *q, uint32_t i)
{
	return ++i == q->size ? 0 : i;
}

static void gate_open(struct gate *g)
{
	pthread_condattr_t c;

	pthread_condattr_init(&c);
	pthread_condattr_setclock(&c, CLOCK_MONOTONIC);
	pthread_cond_init(&g->cond, &c);
	g->waiting = 0;
}

bq_t *bq_new(size_t capacity)
{
	bq_t *q;

	if (capacity - 1 > UINT32_MAX - 2)
		return NULL;
	q = malloc(sizeof *q + (capacity + 1) * sizeof q->cell[0]);
	if (q == NULL)
		return NULL;
	pthread_mutex_init(&q->mx, NULL);
	gate_open(&q->filled);
	gate_open(&q->drained);
	q->rpos = q->wpos = 0;
	q->flags = 0;
	q->size = (uint32_t)capacity + 1;
	return q;
}

static void gate_wake(struct gate *g, unsigned waiting)
{
	if (waiting)
		pthread_cond_signal(&g->cond);
}

static int gate_wait(bq_t *q, struct gate *g, int64_t deadline)
{
	struct timespec ts;
	int r;

	g->waiting++;
	if (deadline == INT64_MAX) {
		r = pthread_cond_wait(&g->cond, &q->mx);
	} else {
		ts.tv_sec = (time_t)(deadline / 1000000);
		ts.tv_nsec = (long)(deadline % 1000000 * 1000);
		r = pthread_cond_timedwait(&g->cond, &q->mx, &ts);
	}
	g->waiting--;
	return r;
}

static int64_t deadline_us(int ms)
{
	struct timespec ts;

	if (ms < 0)
		return INT64_MAX;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000 + ms * 1000LL;
}

int bq_put(bq_t *q, void *item, int timeout_ms)
{
	int64_t deadline = timeout_ms ? deadline_us(timeout_ms) : 0;
	unsigned wake;
	int r;

	pthread_mutex_lock(&q->mx);
	for (r = 0; succ(q, q->wpos) == q->rpos; ) {
		if (q->flags & F_CLOSED)
			break;
		if (timeout_ms == 0)
			r = EAGAIN;
		if (r != 0) {
			pthread_mutex_unlock(&q->mx);
			return r;
		}
		r = gate_wait(q, &q->drained, deadline);
	}
	if (q->flags & F_CLOSED) {
		pthread_mutex_unlock(&q->mx);
		return EPIPE;
	}
	q->cell[q->wpos] = item;
	q->wpos = succ(q, q->wpos);
	wake = q->filled.waiting;
	pthread_mutex_unlock(&q->mx);
	gate_wake(&q->filled, wake);
	return 0;
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms)
{
	int64_t deadline = timeout_ms ? deadline_us(timeout_ms) : 0;
	unsigned wake;
	int r = 0;

	pthread_mutex_lock(&q->mx);
	while (q->rpos == q->wpos) {
		if (q->flags & F_CLOSED)
			r = EPIPE;
		else if (timeout_ms == 0)
			r = EAGAIN;
		if (r != 0) {
			pthread_mutex_unlock(&q->mx);
			return r;
		}
		r = gate_wait(q, &q->filled, deadline);
	}
	*ret_item = q->cell[q->rpos];
	q->rpos = succ(q, q->rpos);
	wake = q->drained.waiting;
	pthread_mutex_unlock(&q->mx);
	gate_wake(&q->drained, wake);
	return 0;
}

void bq_close(bq_t *q)
{
	pthread_mutex_lock(&q->mx);
	q->flags |= F_CLOSED;
	pthread_mutex_unlock(&q->mx);
	pthread_cond_broadcast(&q->filled.cond);
	pthread_cond_broadcast(&q->drained.cond);
}

size_t bq_len(bq_t *q)
{
	uint32_t n;

	pthread_mutex_lock(&q->mx);
	n = q->wpos >= q->rpos ? q->wpos - q->rpos
			       : q->size - q->rpos + q->wpos;
	pthread_mutex_unlock(&q->mx);
	return n;
}

void bq_free(bq_t *q)
{
	if (!q)
		return;
	pthread_cond_destroy(&q->filled.cond);
	pthread_cond_destroy(&q->drained.cond);
	pthread_mutex_destroy(&q->mx);
	free(q);
}
