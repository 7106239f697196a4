#include "bq.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define MONITOR(q)                                                   \
	for (int once_ = (pthread_mutex_lock(&(q)->monitor), 1); once_; \
	     once_ = 0, pthread_mutex_unlock(&(q)->monitor))

#define NSEC 1000000000LL

struct bq {
	pthread_mutex_t monitor;
	pthread_cond_t space, stock;
	void **lo, **hi, **rd, **wr; /* rd == wr: empty, unless full */
	unsigned full : 1, shut : 1;
};

static void *xmalloc_or_null(size_t number, size_t each)
{
	return number && number <= (size_t)-1 / each ? malloc(number * each)
						     : NULL;
}

bq_t *bq_new(size_t capacity)
{
	struct bq *q = xmalloc_or_null(1, sizeof *q);
	void **cells = xmalloc_or_null(capacity, sizeof *cells);
	pthread_condattr_t steady;

	if (!q || !cells)
		return free(cells), free(q), NULL;
	*q = (struct bq){ .lo = cells, .hi = cells + capacity,
			  .rd = cells, .wr = cells };
	(void)pthread_mutex_init(&q->monitor, NULL);
	(void)pthread_condattr_init(&steady);
	(void)pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&q->space, &steady);
	(void)pthread_cond_init(&q->stock, &steady);
	return q;
}

static long long clock_ns(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC + ts.tv_nsec;
}

/* 1 while it is worth looking again */
static int patience(struct bq *q, pthread_cond_t *on, int ms, long long *end)
{
	if (ms == 0)
		return 0;
	if (ms < 0)
		return !pthread_cond_wait(on, &q->monitor);
	if (*end == 0)
		*end = clock_ns() + ms * (NSEC / 1000);
	struct timespec ts = { *end / NSEC, *end % NSEC };
	if (pthread_cond_timedwait(on, &q->monitor, &ts) != ETIMEDOUT)
		return 1;
	return 0;
}

static void **after(const struct bq *q, void **p)
{
	return p + 1 == q->hi ? q->lo : p + 1;
}

int bq_put(bq_t *q, void *item, int timeout_ms)
{
	long long end = 0;
	int r = timeout_ms ? ETIMEDOUT : EAGAIN, more = 1;

	MONITOR(q) {
		while (q->full && !q->shut && more)
			more = patience(q, &q->space, timeout_ms, &end);
		if (q->shut) {
			r = EPIPE;
		} else if (!q->full) {
			*q->wr = item;
			q->wr = after(q, q->wr);
			q->full = q->wr == q->rd;
			pthread_cond_signal(&q->stock);
			r = 0;
		}
	}
	return r;
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms)
{
	long long end = 0;
	int r = timeout_ms ? ETIMEDOUT : EAGAIN, more = 1;

	MONITOR(q) {
		while (q->rd == q->wr && !q->full && !q->shut && more)
			more = patience(q, &q->stock, timeout_ms, &end);
		if (q->rd != q->wr || q->full) {
			*ret_item = *q->rd;
			q->rd = after(q, q->rd);
			q->full = 0;
			pthread_cond_signal(&q->space);
			r = 0;
		} else if (q->shut) {
			r = EPIPE;
		}
	}
	return r;
}

void bq_close(bq_t *q)
{
	MONITOR(q) {
		q->shut = 1;
		pthread_cond_broadcast(&q->stock);
		pthread_cond_broadcast(&q->space);
	}
}

size_t bq_len(bq_t *q)
{
	size_t n = 0;

	MONITOR(q)
		n = q->full       ? (size_t)(q->hi - q->lo)
		    : q->wr >= q->rd ? (size_t)(q->wr - q->rd)
				     : (size_t)(q->hi - q->rd + (q->wr - q->lo));
	return n;
}

void bq_free(bq_t *q)
{
	if (!q)
		return;
	free(q->lo);
	free(q);
}
