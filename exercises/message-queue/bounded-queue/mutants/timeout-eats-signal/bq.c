/*
 * bq.c - a bounded queue between threads: wrong, on purpose
 *
 * Threads that wait stand in line, each with a condition variable of its own,
 * and whoever changes something picks the first in line. One that is picked
 * just as its time is up returns ETIMEDOUT and keeps the wake-up to itself:
 * the next in line sleeps on.
 */
#include "bq.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

struct waiter {
	struct waiter *next;
	pthread_cond_t wake;
	bool picked;
};

struct bq {
	pthread_mutex_t lock;
	struct waiter *putters; /* in line, the first to come is the first */
	struct waiter *takers;
	size_t capacity;
	size_t first;
	size_t count;
	bool closed;
	void **ring;
};

bq_t *bq_new(size_t capacity)
{
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

static void leave_line(struct waiter **line, const struct waiter *waiter)
{
	while (*line && *line != waiter)
		line = &(*line)->next;
	if (*line)
		*line = waiter->next;
}

static void pick_first(struct waiter **line)
{
	struct waiter *first = *line;

	if (!first)
		return;
	*line = first->next;
	first->picked = true;
	pthread_cond_signal(&first->wake);
}

/* Stand in line until picked; *line is where the line begins. */
static int wait_in_line(bq_t *q, struct waiter **line, int timeout_ms,
			const struct timespec *deadline)
{
	struct waiter self = { 0 };
	pthread_condattr_t monotonic;
	struct waiter **end = line;
	int r = 0;

	if (timeout_ms == 0)
		return EAGAIN;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&self.wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	while (*end)
		end = &(*end)->next;
	*end = &self;
	while (!self.picked && r == 0) {
		if (timeout_ms < 0)
			pthread_cond_wait(&self.wake, &q->lock);
		else
			r = pthread_cond_timedwait(&self.wake, &q->lock,
						   deadline);
	}
	leave_line(line, &self);
	pthread_cond_destroy(&self.wake);
	return r;
}

int bq_put(bq_t *q, void *item, int timeout_ms)
{
	struct timespec deadline = { 0 };
	int r = 0;

	if (timeout_ms > 0)
		deadline = deadline_after(timeout_ms);
	pthread_mutex_lock(&q->lock);
	while (q->count == q->capacity && !q->closed && r == 0)
		r = wait_in_line(q, &q->putters, timeout_ms, &deadline);
	if (r == 0 && q->closed)
		r = EPIPE;
	if (r == 0) {
		q->ring[(q->first + q->count) % q->capacity] = item;
		q->count++;
		pick_first(&q->takers);
	}
	pthread_mutex_unlock(&q->lock);
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
		r = wait_in_line(q, &q->takers, timeout_ms, &deadline);
	if (r == 0 && q->count == 0)
		r = EPIPE;
	if (r == 0) {
		*ret_item = q->ring[q->first];
		q->first = (q->first + 1) % q->capacity;
		q->count--;
		pick_first(&q->putters);
	}
	pthread_mutex_unlock(&q->lock);
	return r;
}

void bq_close(bq_t *q)
{
	pthread_mutex_lock(&q->lock);
	q->closed = true;
	while (q->takers)
		pick_first(&q->takers);
	while (q->putters)
		pick_first(&q->putters);
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
	pthread_mutex_destroy(&q->lock);
	free(q->ring);
	free(q);
}
