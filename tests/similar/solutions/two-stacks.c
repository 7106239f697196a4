/*
 * A queue made of two stacks. What is put goes on top of "inbox"; when "outbox"
 * is empty, takers turn the inbox over into it.
 */
#include "bq.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct stack {
	void **base;
	size_t top;
};

struct bq {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	int sleepers;
	int finished;
	size_t max;
	struct stack inbox, outbox;
};

static size_t total(const struct bq *q)
{
	return q->inbox.top + q->outbox.top;
}

static void push(struct stack *s, void *p)
{
	s->base[s->top++] = p;
}

static void *pop(struct stack *s)
{
	return s->base[--s->top];
}

bq_t *bq_new(size_t capacity)
{
	bq_t *q = malloc(sizeof(struct bq));
	pthread_condattr_t attr;

	if (q == NULL)
		return NULL;
	memset(q, 0, sizeof(struct bq));
	q->max = capacity;
	q->inbox.base = malloc(sizeof(void *) * capacity);
	q->outbox.base = malloc(sizeof(void *) * capacity);
	if (capacity == 0 || q->inbox.base == NULL || q->outbox.base == NULL) {
		bq_free(q);
		return NULL;
	}
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&q->wake, &attr);
	pthread_condattr_destroy(&attr);
	pthread_mutex_init(&q->lock, NULL);
	return q;
}

static int doze(struct bq *q, int *left_ms)
{
	struct timespec from, until, to;
	int rc;

	if (*left_ms == 0)
		return 0;
	q->sleepers++;
	if (*left_ms < 0) {
		pthread_cond_wait(&q->wake, &q->lock);
	} else {
		clock_gettime(CLOCK_MONOTONIC, &from);
		until = from;
		until.tv_sec += *left_ms / 1000;
		until.tv_nsec += (*left_ms % 1000) * 1000000L;
		while (until.tv_nsec >= 1000000000L) {
			until.tv_nsec -= 1000000000L;
			until.tv_sec += 1;
		}
		rc = pthread_cond_timedwait(&q->wake, &q->lock, &until);
		clock_gettime(CLOCK_MONOTONIC, &to);
		*left_ms -= (int)((to.tv_sec - from.tv_sec) * 1000 +
				  (to.tv_nsec - from.tv_nsec) / 1000000);
		if (rc == ETIMEDOUT || *left_ms < 0)
			*left_ms = 0;
	}
	q->sleepers--;
	return 1;
}

static void stir(struct bq *q)
{
	if (q->sleepers > 0)
		pthread_cond_broadcast(&q->wake);
}

int bq_put(bq_t *q, void *item, int timeout_ms)
{
	int left = timeout_ms, ret;

	pthread_mutex_lock(&q->lock);
	while (!q->finished && total(q) == q->max && doze(q, &left))
		continue;
	if (q->finished)
		ret = EPIPE;
	else if (total(q) == q->max)
		ret = timeout_ms ? ETIMEDOUT : EAGAIN;
	else {
		push(&q->inbox, item);
		stir(q);
		ret = 0;
	}
	pthread_mutex_unlock(&q->lock);
	return ret;
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms)
{
	int left = timeout_ms, ret = 0;

	pthread_mutex_lock(&q->lock);
	while (!q->finished && total(q) == 0 && doze(q, &left))
		continue;
	if (total(q) > 0) {
		if (q->outbox.top == 0)
			while (q->inbox.top > 0)
				push(&q->outbox, pop(&q->inbox));
		*ret_item = pop(&q->outbox);
		stir(q);
	} else if (q->finished) {
		ret = EPIPE;
	} else {
		ret = timeout_ms ? ETIMEDOUT : EAGAIN;
	}
	pthread_mutex_unlock(&q->lock);
	return ret;
}

void bq_close(bq_t *q)
{
	pthread_mutex_lock(&q->lock);
	q->finished = 1;
	stir(q);
	pthread_mutex_unlock(&q->lock);
}

size_t bq_len(bq_t *q)
{
	size_t n;

	pthread_mutex_lock(&q->lock);
	n = total(q);
	pthread_mutex_unlock(&q->lock);
	return n;
}

void bq_free(bq_t *q)
{
	if (q != NULL) {
		free(q->outbox.base);
		free(q->inbox.base);
		free(q);
	}
}
