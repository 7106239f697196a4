/* A counter goes up with every change; who has to wait waits for it to move. */
#include "bq.h"
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct bq {
	_Atomic unsigned generation;
	pthread_spinlock_t spin;
	size_t mask, front, back, limit;
	int is_closed;
	void **table;
};

static long futex(_Atomic unsigned *word, int op, unsigned value,
		  const struct timespec *t)
{
	return syscall(SYS_futex, word, op, value, t, NULL, 0);
}

bq_t *bq_new(size_t capacity)
{
	bq_t *q;
	size_t size = 1;

	if (!capacity)
		return NULL;
	while (size && size < capacity)
		size <<= 1;
	q = size ? calloc(1, sizeof *q) : NULL;
	if (!q)
		return NULL;
	q->mask = size - 1;
	q->limit = capacity;
	q->table = calloc(size, sizeof *q->table);
	if (!q->table || pthread_spin_init(&q->spin, PTHREAD_PROCESS_PRIVATE)) {
		free(q->table);
		free(q);
		return NULL;
	}
	return q;
}

static void publish(bq_t *q)
{
	atomic_fetch_add(&q->generation, 1);
	pthread_spin_unlock(&q->spin);
	futex(&q->generation, FUTEX_WAKE_PRIVATE, 0x7fffffff, NULL);
}

static long long nanoseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return 1000000000LL * t.tv_sec + t.tv_nsec;
}

/* Gives the spin lock back meanwhile. Whether there is any time left. */
static int wait_for_news(bq_t *q, int ms, long long end)
{
	unsigned seen = atomic_load(&q->generation);
	struct timespec left, *limit = NULL;
	long long rest;

	pthread_spin_unlock(&q->spin);
	if (ms >= 0) {
		rest = end - nanoseconds();
		if (ms == 0 || rest <= 0) {
			pthread_spin_lock(&q->spin);
			return 0;
		}
		left.tv_sec = rest / 1000000000;
		left.tv_nsec = rest % 1000000000;
		limit = &left;
	}
	futex(&q->generation, FUTEX_WAIT_PRIVATE, seen, limit);
	pthread_spin_lock(&q->spin);
	return 1;
}

int bq_put(bq_t *q, void *item, int timeout_ms)
{
	long long end = nanoseconds() + timeout_ms * 1000000LL;

	pthread_spin_lock(&q->spin);
	while (!q->is_closed && q->back - q->front == q->limit)
		if (!wait_for_news(q, timeout_ms, end)) {
			pthread_spin_unlock(&q->spin);
			return timeout_ms ? ETIMEDOUT : EAGAIN;
		}
	if (q->is_closed) {
		pthread_spin_unlock(&q->spin);
		return EPIPE;
	}
	q->table[q->back++ & q->mask] = item;
	publish(q);
	return 0;
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms)
{
	long long end = nanoseconds() + timeout_ms * 1000000LL;
	int r = 0;

	pthread_spin_lock(&q->spin);
	for (; q->front == q->back; r = 0) {
		if (q->is_closed)
			r = EPIPE;
		else if (!wait_for_news(q, timeout_ms, end))
			r = timeout_ms ? ETIMEDOUT : EAGAIN;
		if (r) {
			pthread_spin_unlock(&q->spin);
			return r;
		}
	}
	*ret_item = q->table[q->front++ & q->mask];
	publish(q);
	return 0;
}

void bq_close(bq_t *q)
{
	pthread_spin_lock(&q->spin);
	q->is_closed = 1;
	publish(q);
}

size_t bq_len(bq_t *q)
{
	size_t length;

	pthread_spin_lock(&q->spin);
	length = q->back - q->front;
	pthread_spin_unlock(&q->spin);
	return length;
}

void bq_free(bq_t *q)
{
	if (q) {
		pthread_spin_destroy(&q->spin);
		free(q->table);
		free(q);
	}
}
