/*
 * bq.c - a bounded queue between threads: wrong, on purpose
 *
 * A thread that times out just as it is granted a wake-up uses the grant up,
 * and counts itself out of those that wait although it was counted out with
 * the grant. Now the number is one too low: the next to wait is not woken, not
 * even by bq_close().
 */
#define _GNU_SOURCE /* sem_clockwait */
#include "bq.h"

#include <errno.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

struct reason {
	sem_t granted;
	int waiting;
};

struct bq {
	sem_t lock;
	struct reason item; /* or closed */
	struct reason room;
	size_t capacity;
	size_t first;
	size_t count;
	bool closed;
	void *ring[];
};

bq_t *bq_new(size_t capacity)
{
	bq_t *q;

	if (capacity == 0 ||
	    capacity > (SIZE_MAX - sizeof *q) / sizeof q->ring[0])
		return NULL;
	q = calloc(1, sizeof *q + capacity * sizeof q->ring[0]);
	if (!q)
		return NULL;
	q->capacity = capacity;
	sem_init(&q->lock, 0, 1);
	sem_init(&q->item.granted, 0, 0);
	sem_init(&q->room.granted, 0, 0);
	return q;
}

static void lock(bq_t *q)
{
	while (sem_wait(&q->lock) != 0)
		; /* a signal handler ran */
}

static void unlock(bq_t *q)
{
	sem_post(&q->lock);
}

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

static int sleep_until_granted(struct reason *reason,
			       const struct timespec *deadline)
{
	int r;

	do {
		r = deadline ? sem_clockwait(&reason->granted, CLOCK_MONOTONIC,
					     deadline)
			     : sem_wait(&reason->granted);
	} while (r != 0 && errno == EINTR);
	return r == 0 ? 0 : errno;
}

/* Wait once; the lock is given up meanwhile. 0: look again. */
static int wait_for(bq_t *q, struct reason *reason, int timeout_ms,
		    const struct timespec *deadline)
{
	int r;

	if (timeout_ms == 0)
		return EAGAIN;
	reason->waiting++;
	unlock(q);
	r = sleep_until_granted(reason, timeout_ms > 0 ? deadline : NULL);
	lock(q);
	if (r != 0) {
		(void)sem_trywait(&reason->granted);
		reason->waiting--;
	}
	return r;
}

static void grant(struct reason *reason)
{
	if (reason->waiting <= 0)
		return;
	reason->waiting--;
	sem_post(&reason->granted);
}

int bq_put(bq_t *q, void *item, int timeout_ms)
{
	struct timespec deadline = { 0 };
	int r = 0;

	if (timeout_ms > 0)
		deadline = deadline_after(timeout_ms);
	lock(q);
	while (q->count == q->capacity && !q->closed && r == 0)
		r = wait_for(q, &q->room, timeout_ms, &deadline);
	if (q->closed) {
		r = EPIPE;
	} else if (q->count < q->capacity) {
		q->ring[(q->first + q->count) % q->capacity] = item;
		q->count++;
		grant(&q->item);
		r = 0;
	}
	unlock(q);
	return r;
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms)
{
	struct timespec deadline = { 0 };
	int r = 0;

	if (timeout_ms > 0)
		deadline = deadline_after(timeout_ms);
	lock(q);
	while (q->count == 0 && !q->closed && r == 0)
		r = wait_for(q, &q->item, timeout_ms, &deadline);
	if (q->count > 0) {
		*ret_item = q->ring[q->first];
		q->first = (q->first + 1) % q->capacity;
		q->count--;
		grant(&q->room);
		r = 0;
	} else if (q->closed) {
		r = EPIPE;
	}
	unlock(q);
	return r;
}

void bq_close(bq_t *q)
{
	lock(q);
	q->closed = true;
	while (q->item.waiting > 0)
		grant(&q->item);
	while (q->room.waiting > 0)
		grant(&q->room);
	unlock(q);
}

size_t bq_len(bq_t *q)
{
	size_t count;

	lock(q);
	count = q->count;
	unlock(q);
	return count;
}

void bq_free(bq_t *q)
{
	if (!q)
		return;
	sem_destroy(&q->room.granted);
	sem_destroy(&q->item.granted);
	sem_destroy(&q->lock);
	free(q);
}
