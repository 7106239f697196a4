/*
 * bq.c - a bounded queue between threads: wrong, on purpose
 *
 * A take that finds the oldest place claimed but not filled yet calls the
 * queue empty, although a later put has returned.
 */
#include "bq.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define CLOSED 1u
#define STEP 2u /* of the tail, beside that bit */

struct place {
	_Atomic uint64_t filled; /* so often */
	_Atomic(void *) item;
};

struct event {
	_Atomic uint32_t count;
	_Atomic uint32_t sleepers;
};

struct bq {
	_Atomic uint64_t tail; /* STEP * puts, CLOSED */
	_Atomic uint64_t head; /* takes */
	struct event put;      /* or closed: what takers wait for */
	struct event taken;
	size_t capacity;
	struct place ring[];
};

bq_t *bq_new(size_t capacity)
{
	bq_t *q;

	if (capacity == 0 ||
	    capacity > (SIZE_MAX - sizeof *q) / sizeof q->ring[0])
		return NULL;
	q = calloc(1, sizeof *q + capacity * sizeof q->ring[0]);
	if (q)
		q->capacity = capacity;
	return q;
}

/* ---- sleeping ---- */

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

/* The deadline of FUTEX_WAIT_BITSET is absolute and monotonic, futex(2). */
static int event_sleep(struct event *event, uint32_t seen,
		       const struct timespec *deadline)
{
	if (syscall(SYS_futex, &event->count, FUTEX_WAIT_BITSET_PRIVATE, seen,
		    deadline, NULL, FUTEX_BITSET_MATCH_ANY) != 0 &&
	    errno == ETIMEDOUT)
		return ETIMEDOUT;
	return 0;
}

static void event_happened(struct event *event, int wake)
{
	if (atomic_load(&event->sleepers) == 0)
		return;
	atomic_fetch_add(&event->count, 1);
	syscall(SYS_futex, &event->count, FUTEX_WAKE_PRIVATE, wake, NULL, NULL,
		0);
}

/* ---- without waiting ---- */

static int try_put(bq_t *q, void *item)
{
	uint64_t tail = atomic_load(&q->tail);
	struct place *place;

	do {
		if (tail & CLOSED)
			return EPIPE;
		/* the head only grows, so it was full when the tail was read;
		 * it may have grown past that tail, which is no longer true */
		if (tail / STEP >= atomic_load(&q->head) + q->capacity)
			return EAGAIN;
	} while (!atomic_compare_exchange_weak(&q->tail, &tail, tail + STEP));
	place = &q->ring[tail / STEP % q->capacity];
	atomic_store_explicit(&place->item, item, memory_order_relaxed);
	atomic_store_explicit(&place->filled, tail / STEP / q->capacity + 1,
			      memory_order_release);
	event_happened(&q->put, 1);
	return 0;
}

static bool is_filled(const struct bq *q, uint64_t head)
{
	return atomic_load(&q->ring[head % q->capacity].filled) >
	       head / q->capacity;
}

static int try_take(bq_t *q, void **ret_item)
{
	uint64_t head = atomic_load(&q->head);
	uint64_t tail;
	void *item;

	do {
		tail = atomic_load(&q->tail);
		if (head == tail / STEP)
			return tail & CLOSED ? EPIPE : EAGAIN;
		if (!is_filled(q, head))
			return EAGAIN;
		/* another take may be quicker, and the place be used again:
		 * then the head has moved, and what was read is not used */
		item = atomic_load(&q->ring[head % q->capacity].item);
	} while (!atomic_compare_exchange_weak(&q->head, &head, head + 1));
	*ret_item = item;
	event_happened(&q->taken, 1);
	return 0;
}

/* ---- with ---- */

int bq_put(bq_t *q, void *item, int timeout_ms)
{
	struct timespec deadline;
	bool late = false;
	uint32_t seen;
	int r = try_put(q, item);

	if (r != EAGAIN || timeout_ms == 0)
		return r;
	if (timeout_ms > 0)
		deadline = deadline_after(timeout_ms);
	atomic_fetch_add(&q->taken.sleepers, 1);
	do {
		seen = atomic_load(&q->taken.count);
		r = try_put(q, item);
		if (r != EAGAIN)
			break;
		if (late)
			r = ETIMEDOUT;
		else
			late = event_sleep(&q->taken, seen,
					   timeout_ms > 0 ? &deadline : NULL);
	} while (r == EAGAIN);
	atomic_fetch_sub(&q->taken.sleepers, 1);
	return r;
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms)
{
	struct timespec deadline;
	bool late = false;
	uint32_t seen;
	int r = try_take(q, ret_item);

	if (r != EAGAIN || timeout_ms == 0)
		return r;
	if (timeout_ms > 0)
		deadline = deadline_after(timeout_ms);
	atomic_fetch_add(&q->put.sleepers, 1);
	do {
		seen = atomic_load(&q->put.count);
		r = try_take(q, ret_item);
		if (r != EAGAIN)
			break;
		if (late)
			r = ETIMEDOUT;
		else
			late = event_sleep(&q->put, seen,
					   timeout_ms > 0 ? &deadline : NULL);
	} while (r == EAGAIN);
	atomic_fetch_sub(&q->put.sleepers, 1);
	return r;
}

void bq_close(bq_t *q)
{
	atomic_fetch_or(&q->tail, CLOSED);
	event_happened(&q->put, INT_MAX);
	event_happened(&q->taken, INT_MAX);
}

size_t bq_len(bq_t *q)
{
	uint64_t head = atomic_load(&q->head);
	uint64_t before;
	uint64_t tail;

	do {
		before = head;
		tail = atomic_load(&q->tail) / STEP;
		head = atomic_load(&q->head);
	} while (head != before);
	return tail - head;
}

void bq_free(bq_t *q)
{
	free(q);
}
