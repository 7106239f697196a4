/* <threads.h> only. mtx_timedlock and cnd_timedwait measure TIME_UTC. */
#include "bq.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <threads.h>
#include <time.h>

struct bq {
	mtx_t guard;
	cnd_t more, less;
	uint64_t written, read; /* ever */
	size_t size;
	unsigned done : 1;
	void *cell[];
};

bq_t *bq_new(size_t n)
{
	bq_t *q = n ? malloc(sizeof *q + n * sizeof *q->cell) : NULL;

	if (!q)
		return q;
	if (mtx_init(&q->guard, mtx_plain) != thrd_success ||
	    cnd_init(&q->more) != thrd_success ||
	    cnd_init(&q->less) != thrd_success) {
		free(q);
		return NULL;
	}
	q->written = q->read = 0;
	q->size = n;
	q->done = 0;
	return q;
}

static int sleep_on(bq_t *q, cnd_t *on, int ms, const struct timespec *end)
{
	switch (ms < 0 ? -1 : ms > 0) {
	case -1:
		return cnd_wait(on, &q->guard) == thrd_success ? 0 : EINVAL;
	case 0:
		return EAGAIN;
	default:
		return cnd_timedwait(on, &q->guard, end) == thrd_timedout
			       ? ETIMEDOUT
			       : 0;
	}
}

static struct timespec end_of(int ms)
{
	struct timespec end;

	timespec_get(&end, TIME_UTC);
	for (; ms >= 1000; ms -= 1000)
		end.tv_sec++;
	end.tv_nsec += ms > 0 ? ms * 1000L * 1000L : 0;
	if (end.tv_nsec > 999999999L) {
		end.tv_nsec -= 1000000000L;
		++end.tv_sec;
	}
	return end;
}

#define FILL(q) ((size_t)((q)->written - (q)->read))

int bq_put(bq_t *q, void *item, int timeout_ms)
{
	const struct timespec end = end_of(timeout_ms);
	int why = 0;

	mtx_lock(&q->guard);
	do {
		if (q->done)
			why = EPIPE;
		else if (FILL(q) != q->size)
			break;
		else
			why = sleep_on(q, &q->less, timeout_ms, &end);
	} while (!why);
	if (why == ETIMEDOUT && !q->done && FILL(q) != q->size)
		why = 0;
	if (!why) {
		q->cell[q->written++ % q->size] = item;
		cnd_signal(&q->more);
	}
	mtx_unlock(&q->guard);
	return why;
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms)
{
	const struct timespec end = end_of(timeout_ms);
	int why = 0;

	mtx_lock(&q->guard);
	while (!FILL(q) && !why)
		why = q->done ? EPIPE
			      : sleep_on(q, &q->more, timeout_ms, &end);
	if (FILL(q)) {
		why = 0;
		*ret_item = q->cell[q->read++ % q->size];
		cnd_signal(&q->less);
	}
	mtx_unlock(&q->guard);
	return why;
}

void bq_close(bq_t *q)
{
	mtx_lock(&q->guard);
	q->done = 1;
	cnd_broadcast(&q->more);
	cnd_broadcast(&q->less);
	mtx_unlock(&q->guard);
}

size_t bq_len(bq_t *q)
{
	size_t fill;

	mtx_lock(&q->guard);
	fill = FILL(q);
	mtx_unlock(&q->guard);
	return fill;
}

void bq_free(bq_t *q)
{
	if (!q)
		return;
	cnd_destroy(&q->more);
	cnd_destroy(&q->less);
	mtx_destroy(&q->guard);
	free(q);
}
