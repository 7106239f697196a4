/*
 * bq.c - a bounded queue between threads: wrong, on purpose
 *
 * bq_close() takes the lines of those who wait, gives the lock back and wakes
 * them one by one. One whose time is up meanwhile is not in line any more, so
 * it just goes, and frees what bq_close() is about to use.
 */
#define _GNU_SOURCE /* sem_clockwait */
#include "bq.h"

#include <errno.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

struct waiter {
	struct waiter *next;
	sem_t wake;
	atomic_bool called;
};

struct line {
	struct waiter *first;
	struct waiter **end;
};

struct bq {
	atomic_uint next; /* ticket */
	atomic_uint serving;
	struct line takers;
	struct line putters;
	size_t capacity;
	size_t first;
	size_t count;
	bool closed;
	void *ring[];
};

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
	q->takers.end = &q->takers.first;
	q->putters.end = &q->putters.first;
	return q;
}

static void lock(bq_t *q)
{
	unsigned ticket = atomic_fetch_add_explicit(&q->next, 1,
						    memory_order_relaxed);

	while (atomic_load_explicit(&q->serving, memory_order_acquire) !=
	       ticket)
		sched_yield();
}

static void unlock(bq_t *q)
{
	unsigned ticket = atomic_load_explicit(&q->serving,
					       memory_order_relaxed);

	atomic_store_explicit(&q->serving, ticket + 1, memory_order_release);
}

/* ---- lines ---- */

static void line_join(struct line *line, struct waiter *waiter)
{
	waiter->next = NULL;
	*line->end = waiter;
	line->end = &waiter->next;
}

static void line_leave(struct line *line, const struct waiter *waiter)
{
	struct waiter **at = &line->first;

	while (*at && *at != waiter)
		at = &(*at)->next;
	if (!*at)
		return;
	*at = waiter->next;
	if (line->end == &waiter->next)
		line->end = at;
}

static void line_call(struct line *line)
{
	struct waiter *first = line->first;

	if (!first)
		return;
	line_leave(line, first);
	first->called = true;
	sem_post(&first->wake);
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

static int sleep_until_called(struct waiter *self,
			      const struct timespec *deadline)
{
	int r;

	do {
		r = deadline ? sem_clockwait(&self->wake, CLOCK_MONOTONIC,
					     deadline)
			     : sem_wait(&self->wake);
	} while (r != 0 && errno == EINTR);
	return r == 0 ? 0 : errno;
}

/* Wait once; the lock is given up meanwhile. 0: look again. */
static int wait_in(bq_t *q, struct line *line, int timeout_ms,
		   const struct timespec *deadline)
{
	struct waiter *self;
	int r;

	if (timeout_ms == 0)
		return EAGAIN;
	self = calloc(1, sizeof *self);
	if (!self)
		return ENOMEM;
	sem_init(&self->wake, 0, 0);
	line_join(line, self);
	unlock(q);
	r = sleep_until_called(self, timeout_ms > 0 ? deadline : NULL);
	lock(q);
	if (self->called)
		r = 0;
	else
		line_leave(line, self);
	sem_destroy(&self->wake);
	free(self);
	return r;
}

/* ---- the queue ---- */

int bq_put(bq_t *q, void *item, int timeout_ms)
{
	struct timespec deadline = { 0 };
	int r = 0;

	if (timeout_ms > 0)
		deadline = deadline_after(timeout_ms);
	lock(q);
	while (q->count == q->capacity && !q->closed && r == 0)
		r = wait_in(q, &q->putters, timeout_ms, &deadline);
	if (q->closed) {
		r = EPIPE;
	} else if (q->count < q->capacity) {
		q->ring[(q->first + q->count) % q->capacity] = item;
		q->count++;
		line_call(&q->takers);
		r = 0;
	}
	unlock(q);
	return r;
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms)
{
	struct timespec deadline = { 0 };
	int r = 0;

	if (timeout_ms > 0)
		deadline = deadline_after(timeout_ms);
	lock(q);
	while (q->count == 0 && !q->closed && r == 0)
		r = wait_in(q, &q->takers, timeout_ms, &deadline);
	if (q->count > 0) {
		*ret_item = q->ring[q->first];
		q->first = (q->first + 1) % q->capacity;
		q->count--;
		line_call(&q->putters);
		r = 0;
	} else if (q->closed) {
		r = EPIPE;
	}
	unlock(q);
	return r;
}

/* All of a line, for who does not want to hold the lock meanwhile. */
static struct waiter *line_take(struct line *line)
{
	struct waiter *first = line->first;

	line->first = NULL;
	line->end = &line->first;
	return first;
}

static void call_all(struct waiter *waiter)
{
	struct waiter *next;

	for (; waiter; waiter = next) {
		next = waiter->next; /* it is gone when it is awake */
		waiter->called = true;
		sem_post(&waiter->wake);
	}
}

void bq_close(bq_t *q)
{
	struct waiter *takers;
	struct waiter *putters;

	lock(q);
	q->closed = true;
	takers = line_take(&q->takers);
	putters = line_take(&q->putters);
	unlock(q);
	call_all(takers);
	call_all(putters);
}

size_t bq_len(bq_t *q)
{
	size_t count;

	lock(q);
	count = q->count;
	unlock(q);
	return count;
}

void bq_free(bq_t *q)
{
	free(q);
}
