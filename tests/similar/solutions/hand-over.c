/* A put looks for a thread that waits in take, and gives it the item itself. */
#include "bq.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <time.h>

struct guest {
	void *parcel;
	int outcome; /* -1: not served yet */
	sem_t served;
	struct guest *prev, *next;
};

struct bq {
	pthread_mutex_t desk;
	struct guest takers, putters; /* heads of rings */
	void **store;
	size_t begin, used, places;
	int over;
};

static void enqueue(struct guest *head, struct guest *g)
{
	g->next = head;
	g->prev = head->prev;
	head->prev->next = g;
	head->prev = g;
}

static struct guest *leave(struct guest *g)
{
	g->prev->next = g->next;
	g->next->prev = g->prev;
	return g;
}

static int nobody(const struct guest *head)
{
	return head->next == head;
}

static void serve(struct guest *g, int outcome)
{
	leave(g)->outcome = outcome;
	sem_post(&g->served);
}

bq_t *bq_new(size_t places)
{
	bq_t *b;

	if (places == 0)
		return NULL;
	b = malloc(sizeof *b);
	if (b == NULL)
		return NULL;
	b->store = calloc(places, sizeof *b->store);
	if (b->store == NULL)
		return free(b), NULL;
	b->takers.next = b->takers.prev = &b->takers;
	b->putters.next = b->putters.prev = &b->putters;
	b->begin = b->used = 0;
	b->places = places;
	b->over = 0;
	pthread_mutex_init(&b->desk, NULL);
	return b;
}

/* With the desk locked; gives it back. */
static int sit(bq_t *b, struct guest *head, struct guest *g, int ms)
{
	struct timespec t;
	int outcome;

	g->outcome = -1;
	sem_init(&g->served, 0, 0);
	enqueue(head, g);
	pthread_mutex_unlock(&b->desk);
	if (ms < 0) {
		while (sem_wait(&g->served) < 0)
			;
	} else {
		clock_gettime(CLOCK_REALTIME, &t);
		t.tv_sec += ms / 1000;
		t.tv_nsec += ms % 1000 * 1000000L;
		t.tv_sec += t.tv_nsec / 1000000000L;
		t.tv_nsec %= 1000000000L;
		while (sem_timedwait(&g->served, &t) < 0 && errno == EINTR)
			;
	}
	pthread_mutex_lock(&b->desk);
	outcome = g->outcome;
	if (outcome < 0) {
		leave(g);
		outcome = ETIMEDOUT;
	}
	pthread_mutex_unlock(&b->desk);
	sem_destroy(&g->served);
	return outcome;
}

int bq_put(bq_t *b, void *item, int timeout_ms)
{
	struct guest me = { .parcel = item };
	int r = 0;

	pthread_mutex_lock(&b->desk);
	if (b->over) {
		r = EPIPE;
	} else if (!nobody(&b->takers)) {
		b->takers.next->parcel = item;
		serve(b->takers.next, 0);
	} else if (b->used < b->places) {
		b->store[(b->begin + b->used) % b->places] = item;
		b->used++;
	} else if (timeout_ms == 0) {
		r = EAGAIN;
	} else {
		return sit(b, &b->putters, &me, timeout_ms);
	}
	pthread_mutex_unlock(&b->desk);
	return r;
}

int bq_take(bq_t *b, void **ret_item, int timeout_ms)
{
	struct guest me = { .parcel = NULL };
	int r = 0;

	pthread_mutex_lock(&b->desk);
	if (b->used > 0) {
		*ret_item = b->store[b->begin];
		b->begin = (b->begin + 1) % b->places;
		if (nobody(&b->putters)) {
			b->used--;
		} else {
			b->store[(b->begin + b->used - 1) % b->places] =
				b->putters.next->parcel;
			serve(b->putters.next, 0);
		}
	} else if (b->over) {
		r = EPIPE;
	} else if (timeout_ms == 0) {
		r = EAGAIN;
	} else {
		r = sit(b, &b->takers, &me, timeout_ms);
		if (r == 0)
			*ret_item = me.parcel;
		return r;
	}
	pthread_mutex_unlock(&b->desk);
	return r;
}

void bq_close(bq_t *b)
{
	pthread_mutex_lock(&b->desk);
	b->over = 1;
	while (!nobody(&b->takers))
		serve(b->takers.next, EPIPE);
	while (!nobody(&b->putters))
		serve(b->putters.next, EPIPE);
	pthread_mutex_unlock(&b->desk);
}

size_t bq_len(bq_t *b)
{
	size_t used;

	pthread_mutex_lock(&b->desk);
	used = b->used;
	pthread_mutex_unlock(&b->desk);
	return used;
}

void bq_free(bq_t *b)
{
	if (b == NULL)
		return;
	pthread_mutex_destroy(&b->desk);
	free(b->store);
	free(b);
}
