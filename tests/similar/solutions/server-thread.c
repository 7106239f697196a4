/* One thread owns the queue; all others send it letters and wait for the reply. */
#include "bq.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum kind { PUT, TAKE, LENGTH, SHUT, QUIT };

struct letter {
	enum kind kind;
	void *cargo;
	int ms, reply, answered;
	size_t number;
	long long due;
	struct letter *later;
};

struct bq {
	pthread_t server;
	pthread_mutex_t door;
	pthread_cond_t post, answers;
	struct letter *incoming, *pending;
	void **shelf;
	size_t n, max;
	int shut;
};

static long long ms_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static int answer(struct letter *l, int reply)
{
	l->reply = reply;
	return l->answered = 1;
}

static int handle(struct bq *b, struct letter *l)
{
	switch (l->kind) {
	case QUIT:
		return answer(l, 0);
	case SHUT:
		b->shut = 1;
		return answer(l, 0);
	case LENGTH:
		l->number = b->n;
		return answer(l, 0);
	case PUT:
		if (b->shut)
			return answer(l, EPIPE);
		if (b->n < b->max) {
			b->shelf[b->n++] = l->cargo;
			return answer(l, 0);
		}
		break;
	case TAKE:
		if (b->n > 0) {
			l->cargo = b->shelf[0];
			for (size_t i = 1; i < b->n; i++)
				b->shelf[i - 1] = b->shelf[i];
			b->n--;
			return answer(l, 0);
		}
		if (b->shut)
			return answer(l, EPIPE);
		break;
	}
	if (l->ms == 0)
		return answer(l, EAGAIN);
	return l->ms > 0 && ms_now() >= l->due ? answer(l, ETIMEDOUT) : 0;
}

static int sweep(struct bq *b)
{
	struct letter **at = &b->pending;
	int some = 0;

	while (*at) {
		if (handle(b, *at)) {
			*at = (*at)->later;
			some = 1;
		} else {
			at = &(*at)->later;
		}
	}
	return some;
}

static void *serve(void *arg)
{
	struct bq *b = arg;
	int quit = 0;

	pthread_mutex_lock(&b->door);
	while (!quit) {
		struct letter **end = &b->pending;
		struct timespec tick;

		while (*end)
			end = &(*end)->later;
		for (struct letter *l = b->incoming; l; l = l->later)
			quit |= l->kind == QUIT;
		*end = b->incoming;
		b->incoming = NULL;
		while (sweep(b))
			pthread_cond_broadcast(&b->answers);
		long long next = ms_now() + 3;
		tick = (struct timespec){ next / 1000, next % 1000 * 1000000 };
		if (!quit && !b->incoming)
			pthread_cond_timedwait(&b->post, &b->door, &tick);
	}
	pthread_mutex_unlock(&b->door);
	return NULL;
}

static int ask(struct bq *b, struct letter *l)
{
	struct letter **end = &b->incoming;

	l->due = ms_now() + l->ms;
	pthread_mutex_lock(&b->door);
	while (*end)
		end = &(*end)->later;
	*end = l;
	pthread_cond_signal(&b->post);
	while (!l->answered)
		pthread_cond_wait(&b->answers, &b->door);
	pthread_mutex_unlock(&b->door);
	return l->reply;
}

bq_t *bq_new(size_t capacity)
{
	struct bq *b = capacity ? calloc(1, sizeof *b) : NULL;

	if (!b)
		return NULL;
	b->shelf = calloc(b->max = capacity, sizeof(void *));
	pthread_mutex_init(&b->door, NULL);
	pthread_cond_init(&b->post, NULL);
	pthread_cond_init(&b->answers, NULL);
	if (!b->shelf || pthread_create(&b->server, NULL, serve, b)) {
		free(b->shelf);
		free(b);
		return NULL;
	}
	return b;
}

int bq_put(bq_t *b, void *item, int timeout_ms)
{
	return ask(b, &(struct letter){ .kind = PUT, .cargo = item, .ms = timeout_ms });
}

int bq_take(bq_t *b, void **ret_item, int timeout_ms)
{
	struct letter l = { .kind = TAKE, .ms = timeout_ms };
	int reply = ask(b, &l);

	if (reply == 0)
		*ret_item = l.cargo;
	return reply;
}

void bq_close(bq_t *b)
{
	ask(b, &(struct letter){ .kind = SHUT });
}

size_t bq_len(bq_t *b)
{
	struct letter l = { .kind = LENGTH };

	ask(b, &l);
	return l.number;
}

void bq_free(bq_t *b)
{
	if (!b)
		return;
	ask(b, &(struct letter){ .kind = QUIT });
	pthread_join(b->server, NULL);
	free(b->shelf);
	free(b);
}
