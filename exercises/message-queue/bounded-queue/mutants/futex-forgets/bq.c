/*
 * bq.c - a bounded queue between threads: wrong, on purpose
 *
 * The futex lock has two states that matter: a thread that has slept on it
 * takes it as 1, not 2, so its unlock wakes nobody, though a third may sleep
 * on it still.
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

enum { FREE, TAKEN, CONTENDED };

struct reason {
	_Atomic uint32_t changes;
	unsigned waiting; /* under the lock */
};

struct bq {
	_Atomic uint32_t lock;
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
	if (q)
		q->capacity = capacity;
	return q;
}

/* ---- futexes ---- */

static int futex_wait(_Atomic uint32_t *word, uint32_t seen,
		      const struct timespec *deadline)
{
	if (syscall(SYS_futex, word, FUTEX_WAIT_BITSET_PRIVATE, seen, deadline,
		    NULL, FUTEX_BITSET_MATCH_ANY) != 0)
		return errno;
	return 0;
}

static void futex_wake(_Atomic uint32_t *word, int count)
{
	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
}

static void lock(bq_t *q)
{
	uint32_t was = FREE;

	if (atomic_compare_exchange_strong(&q->lock, &was, TAKEN))
		return;
	do {
		was = TAKEN;
		if (atomic_compare_exchange_strong(&q->lock, &was, CONTENDED) ||
		    was == CONTENDED)
			futex_wait(&q->lock, CONTENDED, NULL);
		was = FREE;
	} while (!atomic_compare_exchange_strong(&q->lock, &was, TAKEN));
}

static void unlock(bq_t *q)
{
	if (atomic_exchange(&q->lock, FREE) == CONTENDED)
		futex_wake(&q->lock, 1);
}

/* ---- waiting ---- */

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

static int wait_once(bq_t *q, struct reason *reason, int timeout_ms,
		     const struct timespec *deadline)
{
	uint32_t seen = atomic_load(&reason->changes);
	int r;

	if (timeout_ms == 0)
		return EAGAIN;
	reason->waiting++;
	unlock(q);
	r = futex_wait(&reason->changes, seen,
		       timeout_ms > 0 ? deadline : NULL);
	lock(q);
	reason->waiting--;
	return r == ETIMEDOUT ? ETIMEDOUT : 0;
}

/* Under the lock, so that nobody is between his look and his reading of
 * "changes". */
static void changed(struct reason *reason, int wake)
{
	if (reason->waiting == 0)
		return;
	atomic_fetch_add(&reason->changes, 1);
	futex_wake(&reason->changes, wake);
}

int bq_put(bq_t *q, void *item, int timeout_ms)
{
	struct timespec deadline = { 0 };
	int r = 0;

	if (timeout_ms > 0)
		deadline = deadline_after(timeout_ms);
	lock(q);
	while (q->count == q->capacity && !q->closed && r == 0)
		r = wait_once(q, &q->room, timeout_ms, &deadline);
	if (q->closed) {
		r = EPIPE;
	} else if (q->count < q->capacity) {
		q->ring[(q->first + q->count) % q->capacity] = item;
		q->count++;
		changed(&q->item, 1);
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
		r = wait_once(q, &q->item, timeout_ms, &deadline);
	if (q->count > 0) {
		*ret_item = q->ring[q->first];
		q->first = (q->first + 1) % q->capacity;
		q->count--;
		changed(&q->room, 1);
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
	changed(&q->item, INT_MAX);
	changed(&q->room, INT_MAX);
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
	free(q);
}
