/*
 * Each thread that waits brings a condition variable of its own and stands in
 * line with it, so that the one who has waited longest is the one who is woken.
 */
#include "bq.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

struct waiter {
	pthread_cond_t called;
	bool is_called;
	struct waiter *behind;
};

struct line {
	struct waiter *first, **end;
};

struct bq {
	pthread_mutex_t mutex;
	struct line putters, takers;
	bool closed;
	size_t head, held, capacity;
	void **buffer;
};

static void line_up(struct line *line, struct waiter *me)
{
	me->behind = NULL;
	*line->end = me;
	line->end = &me->behind;
}

static void step_out(struct line *line, struct waiter *me)
{
	struct waiter **at = &line->first;

	while (*at && *at != me)
		at = &(*at)->behind;
	if (!*at)
		return;
	*at = me->behind;
	if (line->end == &me->behind)
		line->end = at;
}

static void call_next(struct line *line)
{
	struct waiter *next = line->first;

	if (!next)
		return;
	step_out(line, next);
	next->is_called = true;
	pthread_cond_signal(&next->called);
}

static int stand(bq_t *q, struct line *line, const struct timespec *until)
{
	struct waiter me = { .is_called = false };
	pthread_condattr_t attr;
	int r = 0;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&me.called, &attr);
	line_up(line, &me);
	while (!me.is_called && r != ETIMEDOUT)
		r = until ? pthread_cond_timedwait(&me.called, &q->mutex, until)
			  : pthread_cond_wait(&me.called, &q->mutex);
	if (!me.is_called)
		step_out(line, &me);
	pthread_cond_destroy(&me.called);
	pthread_condattr_destroy(&attr);
	return me.is_called ? 0 : ETIMEDOUT;
}

static const struct timespec *until_when(struct timespec *space, int ms)
{
	if (ms < 0)
		return NULL;
	clock_gettime(CLOCK_MONOTONIC, space);
	space->tv_sec += (space->tv_nsec / 1000000 + ms) / 1000;
	space->tv_nsec = (space->tv_nsec + ms * 1000000LL) % 1000000000;
	return space;
}

bq_t *bq_new(size_t capacity)
{
	bq_t *q = capacity ? calloc(1, sizeof *q) : NULL;

	if (q && !(q->buffer = calloc(capacity, sizeof *q->buffer))) {
		free(q);
		q = NULL;
	}
	if (q) {
		pthread_mutex_init(&q->mutex, NULL);
		q->capacity = capacity;
		q->putters.end = &q->putters.first;
		q->takers.end = &q->takers.first;
	}
	return q;
}

int bq_put(bq_t *q, void *item, int timeout_ms)
{
	struct timespec space;
	const struct timespec *until = until_when(&space, timeout_ms);
	int r = 0;

	pthread_mutex_lock(&q->mutex);
	while (!q->closed && q->held == q->capacity && !r)
		r = timeout_ms ? stand(q, &q->putters, until) : EAGAIN;
	if (q->closed) {
		r = EPIPE;
	} else if (q->held < q->capacity) {
		q->buffer[(q->head + q->held++) % q->capacity] = item;
		call_next(&q->takers);
		r = 0;
	}
	pthread_mutex_unlock(&q->mutex);
	return r;
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms)
{
	struct timespec space;
	const struct timespec *until = until_when(&space, timeout_ms);
	int r = 0;

	pthread_mutex_lock(&q->mutex);
	while (q->held == 0 && !q->closed && !r)
		r = timeout_ms ? stand(q, &q->takers, until) : EAGAIN;
	if (q->held) {
		*ret_item = q->buffer[q->head];
		q->head = (q->head + 1) % q->capacity;
		q->held--;
		call_next(&q->putters);
		r = 0;
	} else if (q->closed) {
		r = EPIPE;
	}
	pthread_mutex_unlock(&q->mutex);
	return r;
}

void bq_close(bq_t *q)
{
	pthread_mutex_lock(&q->mutex);
	q->closed = true;
	while (q->takers.first)
		call_next(&q->takers);
	while (q->putters.first)
		call_next(&q->putters);
	pthread_mutex_unlock(&q->mutex);
}

size_t bq_len(bq_t *q)
{
	pthread_mutex_lock(&q->mutex);
	size_t held = q->held;
	pthread_mutex_unlock(&q->mutex);
	return held;
}

void bq_free(bq_t *q)
{
	if (!q)
		return;
	pthread_mutex_destroy(&q->mutex);
	free(q->buffer);
	free(q);
}
