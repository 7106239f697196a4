#define _GNU_SOURCE
/* Each change makes a new array; who waits looks whether it is another one. */
#include "bq.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct version {
	unsigned serial;
	size_t length;
	void *contents[];
};

struct bq {
	pthread_mutex_t swap;
	pthread_cond_t swapped;
	struct version *now;
	size_t longest;
	int frozen;
};

static struct version *version_of(const struct version *old, size_t skip,
				  size_t extra)
{
	size_t kept = old ? old->length - skip : 0;
	struct version *v = malloc(sizeof *v + (kept + extra) * sizeof(void *));

	if (!v)
		return NULL;
	v->serial = old ? old->serial + 1 : 0;
	v->length = kept + extra;
	if (kept)
		memcpy(v->contents, old->contents + skip, kept * sizeof(void *));
	return v;
}

bq_t *bq_new(size_t capacity)
{
	bq_t *q = calloc(1, sizeof *q);

	if (q && capacity)
		q->now = version_of(NULL, 0, 0);
	if (!q || !q->now) {
		free(q);
		return NULL;
	}
	q->longest = capacity;
	pthread_mutex_init(&q->swap, NULL);
	pthread_cond_init(&q->swapped, NULL);
	return q;
}

static void replace(bq_t *q, struct version *v)
{
	free(q->now);
	q->now = v;
	pthread_cond_broadcast(&q->swapped);
}

/* Until there is another version than @serial. */
static int see_another(bq_t *q, unsigned serial, int ms, struct timespec end)
{
	while (q->now->serial == serial && !q->frozen) {
		int late = ms == 0;

		if (ms > 0)
			late = pthread_cond_clockwait(&q->swapped, &q->swap,
						      CLOCK_MONOTONIC, &end);
		else if (ms < 0)
			pthread_cond_wait(&q->swapped, &q->swap);
		if (late)
			return ms ? ETIMEDOUT : EAGAIN;
	}
	return 0;
}

static struct timespec in_ms(int ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	if (ms > 0) {
		t.tv_sec += ms / 1000;
		t.tv_nsec += 1000000L * (ms % 1000);
		while (t.tv_nsec >= 1000000000L) {
			t.tv_nsec -= 1000000000L;
			t.tv_sec++;
		}
	}
	return t;
}

int bq_put(bq_t *q, void *item, int timeout_ms)
{
	const struct timespec end = in_ms(timeout_ms);
	struct version *v;
	int r = 0;

	pthread_mutex_lock(&q->swap);
	while (!q->frozen && q->now->length == q->longest && !r)
		r = see_another(q, q->now->serial, timeout_ms, end);
	if (q->frozen) {
		r = EPIPE;
	} else if (!r && !(v = version_of(q->now, 0, 1))) {
		r = ENOMEM;
	} else if (!r) {
		v->contents[v->length - 1] = item;
		replace(q, v);
	}
	pthread_mutex_unlock(&q->swap);
	return r;
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms)
{
	const struct timespec end = in_ms(timeout_ms);
	struct version *v;
	int r = 0;

	pthread_mutex_lock(&q->swap);
	while (q->now->length == 0) {
		r = q->frozen ? EPIPE
			      : see_another(q, q->now->serial, timeout_ms, end);
		if (r)
			break;
	}
	if (!r) {
		v = version_of(q->now, 1, 0);
		if (v) {
			*ret_item = q->now->contents[0];
			replace(q, v);
		} else {
			r = ENOMEM;
		}
	}
	pthread_mutex_unlock(&q->swap);
	return r;
}

void bq_close(bq_t *q)
{
	pthread_mutex_lock(&q->swap);
	q->frozen = 1;
	pthread_cond_broadcast(&q->swapped);
	pthread_mutex_unlock(&q->swap);
}

size_t bq_len(bq_t *q)
{
	pthread_mutex_lock(&q->swap);
	size_t length = q->now->length;
	pthread_mutex_unlock(&q->swap);
	return length;
}

void bq_free(bq_t *q)
{
	if (q)
		free(q->now);
	free(q);
}
