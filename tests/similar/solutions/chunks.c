/* Blocks of 32 items in a chain: new ones at the back, empty ones are kept. */
#include "bq.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define PER_BLOCK 32

struct block {
	void *cells[PER_BLOCK];
	unsigned begin, end;
	struct block *next;
};

struct bq {
	struct block *front, *back, *spare;
	size_t bound, stored;
	char closed;
	pthread_mutex_t big_lock;
	pthread_cond_t nonempty, nonfull;
};

static struct block *get_block(struct bq *q)
{
	struct block *b = q->spare;

	if (b)
		q->spare = b->next;
	else
		b = malloc(sizeof *b);
	if (b) {
		b->begin = b->end = 0;
		b->next = NULL;
	}
	return b;
}

static int append(struct bq *q, void *item)
{
	if (!q->back || q->back->end == PER_BLOCK) {
		struct block *b = get_block(q);

		if (!b)
			return ENOMEM;
		if (q->back)
			q->back->next = b;
		else
			q->front = b;
		q->back = b;
	}
	q->back->cells[q->back->end++] = item;
	q->stored++;
	return 0;
}

static void *remove_first(struct bq *q)
{
	struct block *b = q->front;
	void *item = b->cells[b->begin++];

	if (b->begin == b->end) {
		q->front = b->next;
		if (!q->front)
			q->back = NULL;
		b->next = q->spare;
		q->spare = b;
	}
	q->stored--;
	return item;
}

bq_t *bq_new(size_t capacity)
{
	struct bq *q;
	pthread_condattr_t *attr = &(pthread_condattr_t){ 0 };

	if (capacity == 0)
		return NULL;
	q = calloc(sizeof *q, 1);
	if (!q)
		return NULL;
	q->bound = capacity;
	if (pthread_condattr_init(attr) ||
	    pthread_condattr_setclock(attr, CLOCK_MONOTONIC) ||
	    pthread_cond_init(&q->nonempty, attr) ||
	    pthread_cond_init(&q->nonfull, attr) ||
	    pthread_mutex_init(&q->big_lock, NULL)) {
		free(q);
		return NULL;
	}
	return q;
}

struct alarm {
	int kind; /* as timeout_ms */
	struct timespec at;
};

static struct alarm set_alarm(int timeout_ms)
{
	struct alarm a = { .kind = timeout_ms };

	if (timeout_ms <= 0)
		return a;
	clock_gettime(CLOCK_MONOTONIC, &a.at);
	a.at.tv_nsec += timeout_ms % 1000 * 1000000;
	a.at.tv_sec += timeout_ms / 1000 + a.at.tv_nsec / 1000000000;
	a.at.tv_nsec %= 1000000000;
	return a;
}

static int await(struct bq *q, pthread_cond_t *c, const struct alarm *a)
{
	if (a->kind > 0)
		return pthread_cond_timedwait(c, &q->big_lock, &a->at);
	return a->kind < 0 ? pthread_cond_wait(c, &q->big_lock) : EAGAIN;
}

int bq_put(bq_t *q, void *item, int timeout_ms)
{
	struct alarm a = set_alarm(timeout_ms);
	int err = 0;

	pthread_mutex_lock(&q->big_lock);
again:
	if (q->closed)
		err = EPIPE;
	else if (q->stored < q->bound)
		err = append(q, item);
	else if (err == 0) {
		err = await(q, &q->nonfull, &a);
		if (err != EAGAIN)
			goto again;
	}
	if (err == 0)
		pthread_cond_signal(&q->nonempty);
	pthread_mutex_unlock(&q->big_lock);
	return err;
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms)
{
	struct alarm a = set_alarm(timeout_ms);
	int err = 0;

	pthread_mutex_lock(&q->big_lock);
again:
	if (q->stored > 0) {
		*ret_item = remove_first(q);
		pthread_cond_signal(&q->nonfull);
		err = 0;
	} else if (q->closed) {
		err = EPIPE;
	} else if (err == 0) {
		err = await(q, &q->nonempty, &a);
		if (err != EAGAIN)
			goto again;
	}
	pthread_mutex_unlock(&q->big_lock);
	return err;
}

void bq_close(bq_t *q)
{
	pthread_mutex_lock(&q->big_lock);
	q->closed = 'y';
	pthread_cond_broadcast(&q->nonfull);
	pthread_cond_broadcast(&q->nonempty);
	pthread_mutex_unlock(&q->big_lock);
}

size_t bq_len(bq_t *q)
{
	size_t stored;

	pthread_mutex_lock(&q->big_lock);
	stored = q->stored;
	pthread_mutex_unlock(&q->big_lock);
	return stored;
}

void bq_free(bq_t *q)
{
	struct block *b, *next;

	if (!q)
		return;
	for (b = q->front; b; b = next) {
		next = b->next;
		free(b);
	}
	for (b = q->spare; b; b = next) {
		next = b->next;
		free(b);
	}
	free(q);
}
