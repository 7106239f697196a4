/*
 * bq.c - a bounded queue between threads: wrong, on purpose
 *
 * The signal is given after the lock, to spare the woken thread a wait for it,
 * and whether one is needed is looked up then. Two puts in a row both see a
 * count of 2, and neither wakes the taker.
 */
#include "bq.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

struct bq {
	pthread_mutex_t lock;
	pthread_cond_t not_empty;
	pthread_cond_t not_full;
	size_t capacity;
	size_t first; /* the oldest item's place in the ring */
	atomic_size_t count;
	bool closed;
	void **ring;
};

bq_t *bq_new(size_t capacity)
{
	pthread_condattr_t monotonic;
	bq_t *q;

	if (capacity == 0 || capacity > SIZE_MAX / sizeof(void *))
		return NULL;
	q = calloc(1, sizeof *q);
	if (!q)
		return NULL;
	q->ring = malloc(capacity * sizeof *q->ring);
	if (!q->ring) {
		free(q);
		return NULL;
	}
	q->capacity = capacity;
	pthread_mutex_init(&q->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&q->not_empty, &monotonic);
	pthread_cond_init(&q->not_full, &monotonic);
	pthread_condattr_destroy(&monotonic);
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

/*
 * Wait for @change once, or say why not to. The caller looks again at what it
 * needs before it asks again: being woken up promises nothing.
 */
static int wait_once(bq_t *q, pthread_cond_t *change, int timeout_ms,
		     const struct timespec *deadline)
{
	if (timeout_ms == 0)
		return EAGAIN;
	if (timeout_ms < 0)
		return pthread_cond_wait(change, &q->lock);
	return pthread_cond_timedwait(change, &q->lock, deadline);
}

int bq_put(bq_t *q, void *item, int timeout_ms)
{
	struct timespec deadline = { 0 };
	int r = 0;

	if (timeout_ms > 0)
		deadline = deadline_after(timeout_ms);
	pthread_mutex_lock(&q->lock);
	while (q->count == q->capacity && !q->closed && r == 0)
		r = wait_once(q, &q->not_full, timeout_ms, &deadline);
	if (q->closed) {
		r = EPIPE;
	} else if (q->count < q->capacity) {
		q->ring[(q->first + q->count) % q->capacity] = item;
		q->count++;
		r = 0;
	}
	pthread_mutex_unlock(&q->lock);
	if (r == 0 && q->count == 1) /* it was empty: takers may wait */
		pthread_cond_broadcast(&q->not_empty);
	return r;
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms)
{
	struct timespec deadline = { 0 };
	int r = 0;

	if (timeout_ms > 0)
		deadline = deadline_after(timeout_ms);
	pthread_mutex_lock(&q->lock);
	while (q->count == 0 && !q->closed && r == 0)
		r = wait_once(q, &q->not_empty, timeout_ms, &deadline);
	if (q->count > 0) {
		*ret_item = q->ring[q->first];
		q->first = (q->first + 1) % q->capacity;
		q->count--;
		pthread_cond_signal(&q->not_full);
		r = 0;
	} else if (q->closed) {
		r = EPIPE;
	}
	pthread_mutex_unlock(&q->lock);
	return r;
}

void bq_close(bq_t *q)
{
	pthread_mutex_lock(&q->lock);
	q->closed = true;
	pthread_cond_broadcast(&q->not_empty);
	pthread_cond_broadcast(&q->not_full);
	pthread_mutex_unlock(&q->lock);
}

size_t bq_len(bq_t *q)
{
	size_t count;

	pthread_mutex_lock(&q->lock);
	count = q->count;
	pthread_mutex_unlock(&q->lock);
	return count;
}

void bq_free(bq_t *q)
{
	if (!q)
		return;
	pthread_cond_destroy(&q->not_full);
	pthread_cond_destroy(&q->not_empty);
	pthread_mutex_destroy(&q->lock);
	free(q->ring);
	free(q);
}
