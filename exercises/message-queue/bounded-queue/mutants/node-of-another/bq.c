/*
 * bq.c - a bounded queue between threads: wrong, on purpose
 *
 * The list of Michael and Scott's two-lock queue: a take makes the first node
 * the dummy and frees the old one. It reads its item after the lock; by then
 * another take may have made the next node the dummy, and freed this one.
 */
#include "bq.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

struct node {
	struct node *next;
	void *item;
};

struct end {
	pthread_mutex_t lock;
	pthread_cond_t change;
	atomic_uint waiting;
	struct node *node; /* last for putters; for takers the dummy before
			      the first */
	bool closed;
};

struct bq {
	struct end putters;
	struct end takers;
	atomic_size_t count;
	size_t capacity;
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

	if (capacity == 0)
		return NULL;
	q = calloc(1, sizeof *q);
	if (!q)
		return NULL;
	q->putters.node = q->takers.node = calloc(1, sizeof(struct node));
	if (!q->takers.node) {
		free(q);
		return NULL;
	}
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
	atomic_fetch_add(&end->waiting, 1);
	while (atomic_load(&q->count) == bad && !end->closed && r == 0) {
		if (timeout_ms < 0)
			pthread_cond_wait(&end->change, &end->lock);
		else
			r = pthread_cond_timedwait(&end->change, &end->lock,
						   deadline);
	}
	atomic_fetch_sub(&end->waiting, 1);
	if (atomic_load(&q->count) != bad)
		return 0;
	return end->closed ? EPIPE : r;
}

/* The number has changed for this end. Its lock is not held, nor the other. */
static void end_wake(struct end *end)
{
	if (atomic_load(&end->waiting) == 0)
		return;
	pthread_mutex_lock(&end->lock);
	pthread_cond_signal(&end->change);
	pthread_mutex_unlock(&end->lock);
}

int bq_put(bq_t *q, void *item, int timeout_ms)
{
	struct node *node = calloc(1, sizeof *node);
	struct timespec deadline = { 0 };
	int r;

	if (!node)
		return ENOMEM;
	node->item = item;
	if (timeout_ms > 0)
		deadline = deadline_after(timeout_ms);
	pthread_mutex_lock(&q->putters.lock);
	r = end_wait(q, &q->putters, q->capacity, timeout_ms, &deadline);
	if (q->putters.closed)
		r = EPIPE;
	if (r == 0) {
		q->putters.node->next = node;
		q->putters.node = node;
		atomic_fetch_add(&q->count, 1);
	}
	pthread_mutex_unlock(&q->putters.lock);
	if (r == 0)
		end_wake(&q->takers);
	else
		free(node);
	return r;
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms)
{
	struct timespec deadline = { 0 };
	struct node *dummy = NULL;
	struct node *first = NULL;
	int r;

	if (timeout_ms > 0)
		deadline = deadline_after(timeout_ms);
	pthread_mutex_lock(&q->takers.lock);
	r = end_wait(q, &q->takers, 0, timeout_ms, &deadline);
	if (r == 0) {
		dummy = q->takers.node;
		first = dummy->next;
		q->takers.node = first;
		atomic_fetch_sub(&q->count, 1);
	}
	pthread_mutex_unlock(&q->takers.lock);
	if (r != 0)
		return r;
	*ret_item = first->item;
	free(dummy);
	end_wake(&q->putters);
	return 0;
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
	struct node *node;

	if (!q)
		return;
	while ((node = q->takers.node) != NULL) {
		q->takers.node = node->next;
		free(node);
	}
	pthread_cond_destroy(&q->takers.change);
	pthread_cond_destroy(&q->putters.change);
	pthread_mutex_destroy(&q->takers.lock);
	pthread_mutex_destroy(&q->putters.lock);
	free(q);
}
