#include "bq.h"
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct link { struct link *next; void *item; };

struct bq {
	struct link *first, **last, *unused;
	struct link *all;
	size_t taken, room;
	int state; /* 'o' or 'c' */
	pthread_mutex_t m;
	pthread_cond_t c[2]; /* 0: there is something to take, 1: there is room */
};

static void must(int rc) { assert(rc == 0); (void)rc; }

static void lock(struct bq *q) { must(pthread_mutex_lock(&q->m)); }
static void unlock(struct bq *q) { must(pthread_mutex_unlock(&q->m)); }

bq_t *bq_new(size_t capacity)
{
	struct bq *q = capacity ? malloc(sizeof *q) : 0;
	size_t i;
	pthread_condattr_t mono;

	if (!q || !(q->all = calloc(capacity, sizeof *q->all))) {
		free(q);
		return 0;
	}
	q->unused = 0;
	for (i = capacity; i-- > 0; q->unused = &q->all[i])
		q->all[i].next = q->unused;
	q->first = 0;
	q->last = &q->first;
	q->taken = 0;
	q->room = capacity;
	q->state = 'o';
	must(pthread_mutex_init(&q->m, 0));
	must(pthread_condattr_init(&mono));
	must(pthread_condattr_setclock(&mono, CLOCK_MONOTONIC));
	for (i = 0; i < 2; i++)
		must(pthread_cond_init(q->c + i, &mono));
	must(pthread_condattr_destroy(&mono));
	return q;
}

static int wait_on(struct bq *q, int which, int ms, struct timespec *t, int *set)
{
	if (ms < 0) {
		must(pthread_cond_wait(&q->c[which], &q->m));
		return 0;
	}
	if (!ms)
		return EAGAIN;
	if (!*set) {
		must(clock_gettime(CLOCK_MONOTONIC, t));
		t->tv_sec += ms / 1000;
		t->tv_nsec += 1000000L * (ms - ms / 1000 * 1000);
		if (t->tv_nsec > 999999999L)
			t->tv_nsec -= 1000000000L, t->tv_sec++;
		*set = 1;
	}
	return pthread_cond_timedwait(&q->c[which], &q->m, t);
}

int bq_put(bq_t *q, void *item, int timeout_ms)
{
	struct timespec t;
	struct link *l;
	int rc, set = 0;

	lock(q);
	for (rc = 0; q->state == 'o' && !q->unused; )
		if ((rc = wait_on(q, 1, timeout_ms, &t, &set)))
			break;
	if (q->state == 'c')
		rc = EPIPE;
	else if ((l = q->unused)) {
		q->unused = l->next;
		l->item = item;
		l->next = 0;
		*q->last = l;
		q->last = &l->next;
		q->taken++;
		must(pthread_cond_signal(&q->c[0]));
		rc = 0;
	}
	unlock(q);
	return rc;
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms)
{
	struct timespec t;
	struct link *l;
	int rc, set = 0;

	lock(q);
	for (rc = 0; q->state == 'o' && !q->first; )
		if ((rc = wait_on(q, 0, timeout_ms, &t, &set)))
			break;
	if (!(l = q->first))
		rc = q->state == 'c' ? EPIPE : rc;
	else {
		if (!(q->first = l->next))
			q->last = &q->first;
		*ret_item = l->item;
		l->next = q->unused;
		q->unused = l;
		q->taken--;
		must(pthread_cond_signal(&q->c[1]));
		rc = 0;
	}
	unlock(q);
	return rc;
}

void bq_close(bq_t *q)
{
	lock(q);
	q->state = 'c';
	must(pthread_cond_broadcast(q->c));
	must(pthread_cond_broadcast(q->c + 1));
	unlock(q);
}

size_t bq_len(bq_t *q)
{
	size_t n;
	lock(q), n = q->taken, unlock(q);
	return n;
}

void bq_free(bq_t *q)
{
	if (!q)
		return;
	must(pthread_mutex_destroy(&q->m));
	must(pthread_cond_destroy(&q->c[0]));
	must(pthread_cond_destroy(&q->c[1]));
	free(q->all);
	free(q);
}
