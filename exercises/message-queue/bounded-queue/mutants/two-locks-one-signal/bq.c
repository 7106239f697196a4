/*
 * bq.c - a bounded queue between threads: wrong, on purpose
 *
 * A lock for each end, and a signal under the wrong one: a put signals takers
 * under the putters' lock. A taker that has seen no item and is about to wait
 * is not waiting yet.
 */
#include "bq.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

struct end {
	pthread_mutex_t lock;
	pthread_cond_t change;
	size_t at; /* the ring's next place for this end */
	bool closed;
};

struct bq {
	struct end putters;
	struct end takers;
	atomic_size_t count;
	size_t capacity;
	void *ring[];
};

static void end_init(struct end *end)
{
	pthread_condattr_t monotonic;

	pthread_mutex_init(&end->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&end->change, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

bq_t *bq_new(size_t capacity)
{
	bq_t *q;

	if (capacity == 0 ||
	    capacity > (SIZE_MAX - sizeof *q) / sizeof q->ring[0])
		return NULL;
	q = calloc(1, sizeof *q + capacity * sizeof q->ring[0]);
	if (!q)
		return NULL;
	q->capacity = capacity;
	end_init(&q->putters);
	end_init(&q->takers);
	return q;
}

static struct timespec deadline_after(int timeout_ms)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_sec += timeout_ms / 1000;
	at.tv_nsec += timeout_ms % 1000 * 1000000L;
	if (at.tv_nsec >= 1000000000L) {
		at.tv_sec++;
		at.tv_nsec -= 1000000000L;
	}
	return at;
}

/* Until the number of items is not @bad any more: 0, or why not. Locked. */
static int end_wait(bq_t *q, struct end *end, size_t bad, int timeout_ms,
		    const struct timespec *deadline)
{
	int r = 0;

	if (atomic_load(&q->count) != bad)
		return 0;
	if (timeout_ms == 0)
		return end->closed ? EPIPE : EAGAIN;
	while (atomic_load(&q->count) == bad && !end->closed && r == 0) {
		if (timeout_ms < 0)
			pthread_cond_wait(&end->change, &end->lock);
		else
			r = pthread_cond_timedwait(&end->change, &end->lock,
						   deadline);
	}
	if (atomic_load(&q->count) != bad)
		return 0;
	return end->closed ? EPIPE : r;
}

static size_t end_step(const bq_t *q, struct end *end)
{
	size_t at = end->at;

	end->at = at + 1 == q->capacity ? 0 : at + 1;
	return at;
}

int bq_put(bq_t *q, void *item, int timeout_ms)
{
	struct timespec deadline = { 0 };
	int r;

	if (timeout_ms > 0)
		deadline = deadline_after(timeout_ms);
	pthread_mutex_lock(&q->putters.lock);
	r = end_wait(q, &q->putters, q->capacity, timeout_ms, &deadline);
	if (q->putters.closed)
		r = EPIPE;
	if (r == 0) {
		q->ring[end_step(q, &q->putters)] = item;
		atomic_fetch_add(&q->count, 1);
		pthread_cond_signal(&q->takers.change);
	}
	pthread_mutex_unlock(&q->putters.lock);
	return r;
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms)
{
	struct timespec deadline = { 0 };
	int r;

	if (timeout_ms > 0)
		deadline = deadline_after(timeout_ms);
	pthread_mutex_lock(&q->takers.lock);
	r = end_wait(q, &q->takers, 0, timeout_ms, &deadline);
	if (r == 0) {
		*ret_item = q->ring[end_step(q, &q->takers)];
		atomic_fetch_sub(&q->count, 1);
		pthread_cond_signal(&q->putters.change);
	}
	pthread_mutex_unlock(&q->takers.lock);
	return r;
}

void bq_close(bq_t *q)
{
	pthread_mutex_lock(&q->putters.lock);
	pthread_mutex_lock(&q->takers.lock);
	q->putters.closed = q->takers.closed = true;
	pthread_cond_broadcast(&q->putters.change);
	pthread_cond_broadcast(&q->takers.change);
	pthread_mutex_unlock(&q->takers.lock);
	pthread_mutex_unlock(&q->putters.lock);
}

size_t bq_len(bq_t *q)
{
	return atomic_load(&q->count);
}

void bq_free(bq_t *q)
{
	if (!q)
		return;
	pthread_cond_destroy(&q->takers.change);
	pthread_cond_destroy(&q->putters.change);
	pthread_mutex_destroy(&q->takers.lock);
	pthread_mutex_destroy(&q->putters.lock);
	free(q);
}
