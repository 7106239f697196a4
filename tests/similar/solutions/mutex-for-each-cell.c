#define _GNU_SOURCE
/* Cells that are locked one by one; tickets say which is whose. */
#include "bq.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

enum phase { EMPTY, LOADED };

struct cell {
	pthread_mutex_t own;
	pthread_cond_t turned;
	enum phase phase;
	unsigned long round;
	void *load;
};

struct bq {
	atomic_ulong puts, takes;
	atomic_bool stop;
	unsigned long width;
	struct cell cells[];
};

bq_t *bq_new(size_t capacity)
{
	bq_t *q;
	unsigned long i;

	if (capacity == 0 || capacity > 1u << 28)
		return NULL;
	q = calloc(1, sizeof *q + capacity * sizeof(struct cell));
	if (!q)
		return NULL;
	for (q->width = capacity, i = 0; i < capacity; i++) {
		pthread_mutex_init(&q->cells[i].own, NULL);
		pthread_cond_init(&q->cells[i].turned, NULL);
	}
	return q;
}

static void sleep_in_cell(struct cell *c)
{
	struct timespec soon;

	clock_gettime(CLOCK_MONOTONIC, &soon);
	soon.tv_nsec += 1000000;
	soon.tv_sec += soon.tv_nsec / 1000000000;
	soon.tv_nsec %= 1000000000;
	pthread_cond_clockwait(&c->turned, &c->own, CLOCK_MONOTONIC, &soon);
}

/* Load or unload the cell that is next. 1: done; 0: not now. */
static int turn(bq_t *q, atomic_ulong *tickets, enum phase from, void **load)
{
	unsigned long mine = *tickets;
	struct cell *c = &q->cells[mine % q->width];
	int done = 0;

	pthread_mutex_lock(&c->own);
	if (c->phase == from && c->round == mine / q->width &&
	    atomic_compare_exchange_strong(tickets, &mine, mine + 1)) {
		if (from == EMPTY) {
			c->load = *load;
			c->phase = LOADED;
		} else {
			*load = c->load;
			c->phase = EMPTY;
			c->round++;
		}
		pthread_cond_broadcast(&c->turned);
		done = 1;
	} else {
		sleep_in_cell(c);
	}
	pthread_mutex_unlock(&c->own);
	return done;
}

static unsigned long long clock_in_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (unsigned long long)t.tv_sec * 1000 + (unsigned long)t.tv_nsec / 1000000;
}

int bq_put(bq_t *q, void *item, int timeout_ms)
{
	unsigned long long started = clock_in_ms();

	do {
		if (q->stop)
			return EPIPE;
		if (turn(q, &q->puts, EMPTY, &item))
			return 0;
		if (timeout_ms == 0 && bq_len(q) == q->width)
			return EAGAIN;
	} while (timeout_ms <= 0 ||
		 clock_in_ms() - started < (unsigned)timeout_ms);
	return q->stop ? EPIPE : ETIMEDOUT;
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms)
{
	unsigned long long started = clock_in_ms();
	bool last = false;

	while (!turn(q, &q->takes, LOADED, ret_item)) {
		if (last)
			return EPIPE;
		last = q->stop;
		if (last)
			continue;
		if (timeout_ms == 0 && bq_len(q) == 0)
			return EAGAIN;
		if (timeout_ms > 0 &&
		    clock_in_ms() - started >= (unsigned)timeout_ms)
			return ETIMEDOUT;
	}
	return 0;
}

void bq_close(bq_t *q)
{
	q->stop = true;
}

size_t bq_len(bq_t *q)
{
	unsigned long takes = q->takes, puts = q->puts;

	return puts - takes <= q->width ? puts - takes : q->width;
}

void bq_free(bq_t *q)
{
	for (unsigned long i = 0; q && i < q->width; i++) {
		pthread_cond_destroy(&q->cells[i].turned);
		pthread_mutex_destroy(&q->cells[i].own);
	}
	free(q);
}
