/* The kernel counts: one eventfd for items, one for places, poll() to wait. */
#include "bq.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum { ITEMS, PLACES, CLOSING, FDS };

struct entry {
	struct entry *older;
	struct entry *newer;
	void *what;
};

struct bq {
	int fd[FDS];
	struct entry ring; /* a list's both ends */
	size_t n;
	pthread_mutex_t m;
};

bq_t *bq_new(size_t capacity)
{
	bq_t *q = calloc(1, sizeof(bq_t));

	if (!q || !capacity) {
		free(q);
		return NULL;
	}
	q->fd[ITEMS] = eventfd(0, EFD_SEMAPHORE | EFD_NONBLOCK);
	q->fd[PLACES] = eventfd((unsigned)capacity, EFD_SEMAPHORE | EFD_NONBLOCK);
	q->fd[CLOSING] = eventfd(0, EFD_NONBLOCK);
	q->ring.older = q->ring.newer = &q->ring;
	pthread_mutex_init(&q->m, NULL);
	return q;
}

static int is_closed(bq_t *q)
{
	struct pollfd p = { .fd = q->fd[CLOSING], .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

static int wait_for(bq_t *q, int which, int ms, struct timespec begun)
{
	struct pollfd p[2] = { { q->fd[which], POLLIN, 0 },
			       { q->fd[CLOSING], POLLIN, 0 } };
	struct timespec now;
	long spent;

	if (ms > 0) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		spent = (now.tv_sec - begun.tv_sec) * 1000L +
			(now.tv_nsec - begun.tv_nsec) / 1000000L;
		if (spent >= ms)
			return ETIMEDOUT;
		ms -= (int)spent;
	}
	return poll(p, 2, ms) == 0 && ms == 0 ? EAGAIN : 0;
}

int bq_put(bq_t *q, void *item, int timeout_ms)
{
	struct timespec begun;
	struct entry *e = malloc(sizeof *e);
	uint64_t one = 1;
	int r;

	clock_gettime(CLOCK_MONOTONIC, &begun);
	for (;;) {
		if (!e || is_closed(q)) {
			free(e);
			return e ? EPIPE : ENOMEM;
		}
		if (read(q->fd[PLACES], &one, sizeof one) > 0)
			break;
		if ((r = wait_for(q, PLACES, timeout_ms, begun))) {
			free(e);
			return r;
		}
	}
	e->what = item;
	pthread_mutex_lock(&q->m);
	e->older = q->ring.newer;
	e->newer = &q->ring;
	e->older->newer = e;
	q->ring.newer = e;
	q->n++;
	pthread_mutex_unlock(&q->m);
	one = 1;
	return write(q->fd[ITEMS], &one, sizeof one) < 0 ? errno : 0;
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms)
{
	struct timespec begun;
	struct entry *e;
	uint64_t one;
	int r;

	clock_gettime(CLOCK_MONOTONIC, &begun);
	while (read(q->fd[ITEMS], &one, sizeof one) < 0) {
		if (is_closed(q))
			return EPIPE;
		if ((r = wait_for(q, ITEMS, timeout_ms, begun)))
			return r;
	}
	pthread_mutex_lock(&q->m);
	for (e = q->ring.newer; e->older != &q->ring; e = e->older)
		;
	e->newer->older = &q->ring;
	if (q->ring.newer == e)
		q->ring.newer = &q->ring;
	q->n--;
	pthread_mutex_unlock(&q->m);
	*ret_item = e->what;
	free(e);
	one = 1;
	return write(q->fd[PLACES], &one, sizeof one) < 0 ? errno : 0;
}

void bq_close(bq_t *q)
{
	uint64_t many = 1;

	if (write(q->fd[CLOSING], &many, sizeof many) < 0)
		abort();
}

size_t bq_len(bq_t *q)
{
	pthread_mutex_lock(&q->m);
	size_t n = q->n;
	pthread_mutex_unlock(&q->m);
	return n;
}

void bq_free(bq_t *q)
{
	for (int i = 0; q && i < FDS; i++)
		close(q->fd[i]);
	free(q);
}
