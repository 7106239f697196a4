/*
 * Every cell has a number that says whose turn it is (Vyukov's bounded queue);
 * threads that find it is not theirs sleep on one condition for a while.
 */
#include "bq.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

struct cell {
	_Atomic uint64_t turn;
	void *payload;
};

struct bq {
	_Alignas(64) _Atomic uint64_t tail;
	_Alignas(64) _Atomic uint64_t head;
	_Alignas(64) _Atomic int closed;
	_Atomic int asleep;
	uint64_t cells_count;
	struct cell *cells;
	pthread_mutex_t bed;
	pthread_cond_t bell;
};

bq_t *bq_new(size_t capacity)
{
	struct bq *q;
	uint64_t i;

	if (capacity == 0 || !(q = aligned_alloc(64, sizeof(struct bq))))
		return NULL;
	q->cells = malloc(capacity * sizeof(struct cell));
	if (!q->cells) {
		free(q);
		return NULL;
	}
	for (i = 0; i < capacity; i++)
		atomic_init(&q->cells[i].turn, 2 * (i / capacity));
	atomic_init(&q->tail, 0);
	atomic_init(&q->head, 0);
	atomic_init(&q->closed, 0);
	atomic_init(&q->asleep, 0);
	q->cells_count = capacity;
	pthread_mutex_init(&q->bed, NULL);
	pthread_cond_init(&q->bell, NULL);
	return q;
}

static int offer(struct bq *q, void *payload)
{
	uint64_t at = atomic_load(&q->tail);

	for (;;) {
		struct cell *c = &q->cells[at % q->cells_count];
		uint64_t want = 2 * (at / q->cells_count);
		uint64_t turn = atomic_load_explicit(&c->turn, memory_order_acquire);

		if (turn == want) {
			if (!atomic_compare_exchange_weak(&q->tail, &at, at + 1))
				continue;
			c->payload = payload;
			atomic_store_explicit(&c->turn, want + 1, memory_order_release);
			return 1;
		}
		uint64_t seen = at;
		at = atomic_load(&q->tail);
		if (seen == at)
			return 0;
	}
}

static int poll_one(struct bq *q, void **payload)
{
	uint64_t at = atomic_load(&q->head);

	for (;;) {
		struct cell *c = &q->cells[at % q->cells_count];
		uint64_t want = 2 * (at / q->cells_count) + 1;

		if (atomic_load_explicit(&c->turn, memory_order_acquire) == want) {
			if (atomic_compare_exchange_strong(&q->head, &at, at + 1)) {
				*payload = c->payload;
				atomic_store_explicit(&c->turn, want + 1,
						      memory_order_release);
				return 1;
			}
		} else {
			const uint64_t previous = at;

			at = atomic_load(&q->head);
			if (at == previous)
				return 0;
		}
	}
}

static void ring_bell(struct bq *q)
{
	if (atomic_load(&q->asleep) == 0)
		return;
	pthread_mutex_lock(&q->bed);
	pthread_cond_broadcast(&q->bell);
	pthread_mutex_unlock(&q->bed);
}

static void nap(struct bq *q)
{
	struct timespec soon;

	clock_gettime(CLOCK_REALTIME, &soon);
	soon.tv_nsec += 2 * 1000 * 1000;
	if (soon.tv_nsec >= 1000000000) {
		soon.tv_nsec -= 1000000000;
		soon.tv_sec++;
	}
	atomic_fetch_add(&q->asleep, 1);
	pthread_mutex_lock(&q->bed);
	pthread_cond_timedwait(&q->bell, &q->bed, &soon);
	pthread_mutex_unlock(&q->bed);
	atomic_fetch_sub(&q->asleep, 1);
}

static int64_t microseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int bq_put(bq_t *q, void *item, int timeout_ms)
{
	int64_t end = microseconds() + (int64_t)timeout_ms * 1000;

	while (!q->closed) {
		if (offer(q, item)) {
			ring_bell(q);
			return 0;
		}
		if (timeout_ms == 0)
			return EAGAIN;
		if (timeout_ms > 0 && microseconds() > end)
			return ETIMEDOUT;
		nap(q);
	}
	return EPIPE;
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms)
{
	int64_t end = microseconds() + (int64_t)timeout_ms * 1000;
	int closed;

	do {
		closed = q->closed;
		if (poll_one(q, ret_item)) {
			ring_bell(q);
			return 0;
		}
		if (closed)
			break;
		if (!timeout_ms)
			return EAGAIN;
		nap(q);
	} while (timeout_ms < 0 || microseconds() <= end);
	return closed ? EPIPE : ETIMEDOUT;
}

void bq_close(bq_t *q)
{
	atomic_store(&q->closed, 1);
	ring_bell(q);
}

size_t bq_len(bq_t *q)
{
	uint64_t head = q->head, tail = q->tail;

	return tail > head ? (size_t)(tail - head) : 0;
}

void bq_free(bq_t *q)
{
	if (!q)
		return;
	pthread_cond_destroy(&q->bell);
	pthread_mutex_destroy(&q->bed);
	free(q->cells);
	free(q);
}
