/*
 * bq.c - a bounded queue between threads: wrong, on purpose
 *
 * Nodes of a list are kept for reuse on a stack without locks, which does not
 * notice that its top was popped, pushed back and lies on another node by now
 * (ABA): a node that is in the queue becomes a spare one, and the next put
 * overwrites it.
 */
#include "bq.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#define SPARE_MAX 8 /* to begin with */

struct node {
	_Atomic(struct node *) next;
	void *item;
};

struct bq {
	pthread_mutex_t lock;
	pthread_cond_t not_empty;
	pthread_cond_t not_full;
	size_t capacity;
	struct node *first;
	struct node *last;
	_Atomic(struct node *) spare;
	size_t count;
	bool closed;
};

/* ---- nodes ---- */

static void node_give(bq_t *q, struct node *node)
{
	struct node *top = q->spare;

	do {
		node->next = top;
	} while (!atomic_compare_exchange_weak(&q->spare, &top, node));
}

static struct node *node_get(bq_t *q)
{
	struct node *top = q->spare;

	while (top && !atomic_compare_exchange_weak(&q->spare, &top, top->next))
		;
	return top ? top : malloc(sizeof *top);
}

static void nodes_free(struct node *node)
{
	struct node *next;

	for (; node; node = next) {
		next = node->next;
		free(node);
	}
}

/* ---- the queue ---- */

bq_t *bq_new(size_t capacity)
{
	pthread_condattr_t monotonic;
	struct node *node;
	bq_t *q;
	size_t i;

	if (capacity == 0)
		return NULL;
	q = calloc(1, sizeof *q);
	if (!q)
		return NULL;
	for (i = 0; i < capacity && i < SPARE_MAX; i++) {
		node = malloc(sizeof *node);
		if (node)
			node_give(q, node);
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
	struct node *node = node_get(q);
	int r = 0;

	if (!node)
		return ENOMEM;
	node->item = item;
	if (timeout_ms > 0)
		deadline = deadline_after(timeout_ms);
	pthread_mutex_lock(&q->lock);
	while (q->count == q->capacity && !q->closed && r == 0)
		r = wait_once(q, &q->not_full, timeout_ms, &deadline);
	if (q->closed) {
		r = EPIPE;
	} else if (q->count < q->capacity) {
		node->next = NULL;
		if (q->count++ == 0)
			q->first = node;
		else
			q->last->next = node;
		q->last = node;
		pthread_cond_signal(&q->not_empty);
		r = 0;
	}
	pthread_mutex_unlock(&q->lock);
	if (r != 0)
		node_give(q, node);
	return r;
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms)
{
	struct timespec deadline = { 0 };
	struct node *node = NULL;
	int r = 0;

	if (timeout_ms > 0)
		deadline = deadline_after(timeout_ms);
	pthread_mutex_lock(&q->lock);
	while (q->count == 0 && !q->closed && r == 0)
		r = wait_once(q, &q->not_empty, timeout_ms, &deadline);
	if (q->count > 0) {
		node = q->first;
		q->first = node->next;
		if (--q->count == 0)
			q->first = q->last = NULL;
		pthread_cond_signal(&q->not_full);
		r = 0;
	} else if (q->closed) {
		r = EPIPE;
	}
	pthread_mutex_unlock(&q->lock);
	if (node) {
		*ret_item = node->item;
		node_give(q, node);
	}
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
	nodes_free(q->first);
	nodes_free(q->spare);
	free(q);
}
