/* Nobody sleeps on anything: a spin lock, and naps between looks. */
#include "bq.h"
#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct bq {
	atomic_flag busy;
	uint32_t first, count, capacity;
	enum { OPEN, CLOSED } state;
	void *items[];
};

static void enter(struct bq *q)
{
	unsigned tries = 0;

	while (atomic_flag_test_and_set_explicit(&q->busy, memory_order_acquire))
		if (++tries % 64 == 0)
			sched_yield();
}

static void leave(struct bq *q)
{
	atomic_flag_clear_explicit(&q->busy, memory_order_release);
}

bq_t *bq_new(size_t capacity)
{
	struct bq *q;

	if (capacity < 1 || capacity >= UINT32_MAX)
		return NULL;
	q = malloc(sizeof(struct bq) + sizeof(void *[capacity]));
	if (q)
		*q = (struct bq){ .busy = ATOMIC_FLAG_INIT,
				  .capacity = (uint32_t)capacity };
	return q;
}

typedef int attempt(struct bq *q, void **item);

static int try_put(struct bq *q, void **item)
{
	if (q->state == CLOSED)
		return EPIPE;
	if (q->count == q->capacity)
		return EAGAIN;
	q->items[(q->first + q->count++) % q->capacity] = *item;
	return 0;
}

static int try_take(struct bq *q, void **item)
{
	if (q->count == 0)
		return q->state == CLOSED ? EPIPE : EAGAIN;
	*item = q->items[q->first];
	q->first = q->first + 1 == q->capacity ? 0 : q->first + 1;
	q->count--;
	return 0;
}

static double seconds(void)
{
	struct timespec t;

	return clock_gettime(CLOCK_MONOTONIC, &t),
	       (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int keep_trying(struct bq *q, attempt *once, void **item, int ms)
{
	double give_up = seconds() + ms / 1e3;
	useconds_t nap = 1;
	int r;

	for (;;) {
		enter(q);
		r = once(q, item);
		leave(q);
		if (r != EAGAIN || ms == 0)
			return r;
		if (ms > 0 && seconds() >= give_up)
			return ETIMEDOUT;
		usleep(nap);
		if (nap < 500)
			nap *= 2;
	}
}

int bq_put(bq_t *q, void *item, int timeout_ms)
{
	return keep_trying(q, try_put, &item, timeout_ms);
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms)
{
	return keep_trying(q, try_take, ret_item, timeout_ms);
}

void bq_close(bq_t *q)
{
	enter(q);
	q->state = CLOSED;
	leave(q);
}

size_t bq_len(bq_t *q)
{
	enter(q);
	uint32_t count = q->count;
	leave(q);
	return count;
}

void bq_free(bq_t *q)
{
	free(q);
}
