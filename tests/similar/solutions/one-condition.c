/* One mutex, one condition; everybody is woken for everything. */
#include "bq.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct bq {
	void **slots;
	size_t cap, in, out, used;
	int shut;
	pthread_mutex_t mu;
	pthread_cond_t cv;
};

bq_t *bq_new(size_t capacity)
{
	struct bq *b = NULL;
	pthread_condattr_t ca;

	if (!capacity || !(b = malloc(sizeof(*b))))
		goto fail;
	if (!(b->slots = calloc(capacity, sizeof(void *))))
		goto fail;
	b->cap = capacity;
	b->in = b->out = b->used = 0;
	b->shut = 0;
	pthread_condattr_init(&ca);
	pthread_condattr_setclock(&ca, CLOCK_MONOTONIC);
	pthread_mutex_init(&b->mu, 0);
	pthread_cond_init(&b->cv, &ca);
	return b;
fail:
	free(b);
	return NULL;
}

static long long now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* 1: something happened, 0: out of time */
static int pause_until(struct bq *b, long long when)
{
	struct timespec t;

	if (when < 0) {
		pthread_cond_wait(&b->cv, &b->mu);
		return 1;
	}
	if (now_ms() >= when)
		return 0;
	t.tv_sec = when / 1000;
	t.tv_nsec = when % 1000 * 1000000;
	pthread_cond_timedwait(&b->cv, &b->mu, &t);
	return 1;
}

int bq_put(bq_t *b, void *x, int ms)
{
	long long when = ms < 0 ? -1 : ms > 0 ? now_ms() + ms + 1 : 0;
	int rc = 0;

	pthread_mutex_lock(&b->mu);
	for (;;) {
		if (b->shut) {
			rc = EPIPE;
			break;
		}
		if (b->used < b->cap) {
			b->slots[b->in] = x;
			if (++b->in == b->cap)
				b->in = 0;
			b->used++;
			pthread_cond_broadcast(&b->cv);
			break;
		}
		if (ms == 0) {
			rc = EAGAIN;
			break;
		}
		if (!pause_until(b, when)) {
			rc = ETIMEDOUT;
			break;
		}
	}
	pthread_mutex_unlock(&b->mu);
	return rc;
}

int bq_take(bq_t *b, void **x, int ms)
{
	long long when = ms < 0 ? -1 : ms > 0 ? now_ms() + ms + 1 : 0;
	int rc = 0;

	pthread_mutex_lock(&b->mu);
	while (!b->used) {
		if (b->shut)
			rc = EPIPE;
		else if (!ms)
			rc = EAGAIN;
		else if (!pause_until(b, when))
			rc = ETIMEDOUT;
		if (rc)
			goto out;
	}
	*x = b->slots[b->out++];
	b->out = b->out < b->cap ? b->out : 0;
	--b->used;
	pthread_cond_broadcast(&b->cv);
out:
	pthread_mutex_unlock(&b->mu);
	return rc;
}

void bq_close(bq_t *b)
{
	pthread_mutex_lock(&b->mu);
	b->shut = 1;
	pthread_mutex_unlock(&b->mu);
	pthread_cond_broadcast(&b->cv);
}

size_t bq_len(bq_t *b)
{
	pthread_mutex_lock(&b->mu);
	size_t n = b->used;
	pthread_mutex_unlock(&b->mu);
	return n;
}

void bq_free(bq_t *b)
{
	if (b) {
		free(b->slots);
		free(b);
	}
}
