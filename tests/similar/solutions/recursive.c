#define _GNU_SOURCE
/* Waiting is trying again, said as recursion. */
#include "bq.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct cons {
	void *car;
	struct cons *cdr;
};

struct bq {
	struct cons *list;
	size_t depth;
	int sealed;
	pthread_mutex_t mu;
	pthread_cond_t cv;
};

static size_t length(const struct cons *list)
{
	return list ? 1 + length(list->cdr) : 0;
}

static struct cons *append(struct cons *list, struct cons *last)
{
	if (!list)
		return last;
	list->cdr = append(list->cdr, last);
	return list;
}

static void erase(struct cons *list)
{
	if (!list)
		return;
	erase(list->cdr);
	free(list);
}

bq_t *bq_new(size_t depth)
{
	bq_t *q;

	if (!depth || !(q = calloc(1, sizeof *q)))
		return 0;
	q->depth = depth;
	pthread_mutex_init(&q->mu, 0);
	pthread_cond_init(&q->cv, 0);
	return q;
}

static int unlock_with(bq_t *q, int result)
{
	pthread_mutex_unlock(&q->mu);
	return result;
}

static int put_within(bq_t *q, struct cons *cell, int ms, struct timespec *by)
{
	if (q->sealed)
		return EPIPE;
	if (length(q->list) < q->depth) {
		q->list = append(q->list, cell);
		return pthread_cond_broadcast(&q->cv);
	}
	if (ms == 0)
		return EAGAIN;
	if (ms < 0)
		return pthread_cond_wait(&q->cv, &q->mu),
		       put_within(q, cell, ms, by);
	return pthread_cond_clockwait(&q->cv, &q->mu, CLOCK_MONOTONIC, by)
		       ? q->sealed ? EPIPE : ETIMEDOUT
		       : put_within(q, cell, ms, by);
}

static int take_within(bq_t *q, void **into, int ms, struct timespec *by)
{
	struct cons *head = q->list;

	if (head) {
		*into = head->car;
		q->list = head->cdr;
		free(head);
		return pthread_cond_broadcast(&q->cv);
	}
	if (q->sealed || ms == 0)
		return q->sealed ? EPIPE : EAGAIN;
	if (ms < 0)
		return pthread_cond_wait(&q->cv, &q->mu),
		       take_within(q, into, ms, by);
	return pthread_cond_clockwait(&q->cv, &q->mu, CLOCK_MONOTONIC, by)
		       ? take_within(q, into, 0, by) == EAGAIN ? ETIMEDOUT
								: q->sealed * EPIPE
		       : take_within(q, into, ms, by);
}

static struct timespec by_when(int ms)
{
	struct timespec t;
	lldiv_t parts;

	clock_gettime(CLOCK_MONOTONIC, &t);
	parts = lldiv(t.tv_nsec + ms * 1000000LL, 1000000000LL);
	t.tv_sec += (time_t)parts.quot;
	t.tv_nsec = (long)parts.rem;
	return t;
}

int bq_put(bq_t *q, void *item, int timeout_ms)
{
	struct timespec by = by_when(timeout_ms);
	struct cons *cell = malloc(sizeof *cell);
	int r;

	if (!cell)
		return ENOMEM;
	cell->car = item;
	cell->cdr = 0;
	pthread_mutex_lock(&q->mu);
	r = unlock_with(q, put_within(q, cell, timeout_ms, &by));
	if (r)
		free(cell);
	return r;
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms)
{
	struct timespec by = by_when(timeout_ms);

	pthread_mutex_lock(&q->mu);
	return unlock_with(q, take_within(q, ret_item, timeout_ms, &by));
}

void bq_close(bq_t *q)
{
	pthread_mutex_lock(&q->mu);
	q->sealed = 1;
	(void)unlock_with(q, pthread_cond_broadcast(&q->cv));
}

size_t bq_len(bq_t *q)
{
	size_t n;

	pthread_mutex_lock(&q->mu);
	n = length(q->list);
	return pthread_mutex_unlock(&q->mu), n;
}

void bq_free(bq_t *q)
{
	if (!q)
		return;
	erase(q->list);
	free(q);
}
