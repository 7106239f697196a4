/* A datagram socket is a queue already. */
#define _GNU_SOURCE
#include "bq.h"
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct bq {
	int write_end, read_end;
	size_t capacity, length;
	int closed;
	pthread_rwlock_t guard;
};

bq_t *bq_new(size_t capacity)
{
	int ends[2], size = (int)(capacity * 1024);
	bq_t *q;

	if (capacity == 0)
		return NULL;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends) != 0)
		return NULL;
	setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	q = calloc(1, sizeof *q);
	if (q == NULL) {
		close(ends[0]);
		close(ends[1]);
		return NULL;
	}
	q->write_end = ends[0];
	q->read_end = ends[1];
	q->capacity = capacity;
	pthread_rwlock_init(&q->guard, NULL);
	return q;
}

static int send_it(bq_t *q, void *item)
{
	int r;

	pthread_rwlock_wrlock(&q->guard);
	if (q->closed)
		r = EPIPE;
	else if (q->length == q->capacity)
		r = EAGAIN;
	else if (send(q->write_end, &item, sizeof item, MSG_NOSIGNAL) < 0)
		r = errno;
	else
		r = (q->length++, 0);
	pthread_rwlock_unlock(&q->guard);
	return r;
}

static int receive_it(bq_t *q, void **item)
{
	ssize_t got;
	int r = 0;

	pthread_rwlock_wrlock(&q->guard);
	got = recv(q->read_end, item, sizeof *item, MSG_DONTWAIT);
	if (got == (ssize_t)sizeof *item)
		q->length--;
	else
		r = q->closed ? EPIPE : EAGAIN;
	pthread_rwlock_unlock(&q->guard);
	return r;
}

struct stopwatch {
	struct timespec begin;
	int budget;
};

static void watch_start(struct stopwatch *w, int budget)
{
	w->budget = budget;
	clock_gettime(CLOCK_MONOTONIC, &w->begin);
}

static int watch_left(const struct stopwatch *w)
{
	struct timespec now;
	long gone;

	if (w->budget <= 0)
		return w->budget;
	clock_gettime(CLOCK_MONOTONIC, &now);
	gone = (now.tv_sec - w->begin.tv_sec) * 1000L;
	gone += now.tv_nsec / 1000000L;
	gone -= w->begin.tv_nsec / 1000000L;
	return gone >= w->budget ? 0 : w->budget - (int)gone;
}

int bq_put(bq_t *q, void *item, int timeout_ms)
{
	struct stopwatch watch;
	int left, r;

	watch_start(&watch, timeout_ms);
	while ((r = send_it(q, item)) == EAGAIN) {
		left = watch_left(&watch);
		if (left == 0)
			return timeout_ms == 0 ? EAGAIN : ETIMEDOUT;
		poll(NULL, 0, left > 0 && left < 2 ? left : 2);
	}
	return r;
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms)
{
	struct stopwatch watch;
	struct pollfd fd = { .fd = q->read_end, .events = POLLIN };
	int r;

	watch_start(&watch, timeout_ms);
	for (;;) {
		r = receive_it(q, ret_item);
		if (r != EAGAIN)
			return r;
		switch (watch_left(&watch)) {
		case 0:
			return timeout_ms == 0 ? EAGAIN : ETIMEDOUT;
		default:
			poll(&fd, 1, 2);
		}
	}
}

void bq_close(bq_t *q)
{
	pthread_rwlock_wrlock(&q->guard);
	if (!q->closed)
		shutdown(q->write_end, SHUT_WR);
	q->closed = 1;
	pthread_rwlock_unlock(&q->guard);
}

size_t bq_len(bq_t *q)
{
	size_t length;

	pthread_rwlock_rdlock(&q->guard);
	length = q->length;
	pthread_rwlock_unlock(&q->guard);
	return length;
}

void bq_free(bq_t *q)
{
	if (q == NULL)
		return;
	close(q->write_end);
	close(q->read_end);
	pthread_rwlock_destroy(&q->guard);
	free(q);
}
