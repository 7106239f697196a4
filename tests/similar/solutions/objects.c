#define _GNU_SOURCE
/* Storage behind one table of functions, waiting behind another. */
#include "bq.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct storage_class {
	int (*has_room)(const void *self);
	int (*has_item)(const void *self);
	void (*store)(void *self, void *item);
	void *(*fetch)(void *self);
	size_t (*size)(const void *self);
};

struct growing_array {
	const struct storage_class *class;
	void **values;
	size_t from, to, allocated, limit;
};

static size_t array_size(const void *self)
{
	const struct growing_array *a = self;

	return a->to - a->from;
}

static int array_has_room(const void *self)
{
	return array_size(self) < ((const struct growing_array *)self)->limit;
}

static int array_has_item(const void *self)
{
	return array_size(self) != 0;
}

static void array_store(void *self, void *item)
{
	struct growing_array *a = self;

	if (a->to == a->allocated && a->from > 0) {
		memmove(a->values, a->values + a->from,
			array_size(a) * sizeof *a->values);
		a->to -= a->from;
		a->from = 0;
	}
	if (a->to == a->allocated) {
		size_t wanted = a->allocated ? 2 * a->allocated : 8;
		void *bigger = realloc(a->values, wanted * sizeof *a->values);

		if (!bigger)
			abort();
		a->values = bigger;
		a->allocated = wanted;
	}
	a->values[a->to++] = item;
}

static void *array_fetch(void *self)
{
	struct growing_array *a = self;
	void *item = a->values[a->from++];

	if (a->from == a->to)
		a->from = a->to = 0;
	return item;
}

static const struct storage_class growing_array_class = {
	.has_room = array_has_room,
	.has_item = array_has_item,
	.store = array_store,
	.fetch = array_fetch,
	.size = array_size,
};

struct bq {
	struct growing_array array;
	struct monitor {
		pthread_mutex_t mutex;
		pthread_cond_t condition;
		int terminated;
	} monitor;
};

static void monitor_enter(struct monitor *m)
{
	pthread_mutex_lock(&m->mutex);
}

static void monitor_exit(struct monitor *m)
{
	pthread_cond_broadcast(&m->condition);
	pthread_mutex_unlock(&m->mutex);
}

/* Until @test says yes of @object, or the monitor has ended. */
static int monitor_until(struct monitor *m, int (*test)(const void *),
			 const void *object, int ms)
{
	struct timespec end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	if (ms > 0) {
		const long ns = end.tv_nsec + ms % 1000 * 1000000L;

		end.tv_sec += ms / 1000 + ns / 1000000000L;
		end.tv_nsec = ns % 1000000000L;
	}
	while (!test(object) && !m->terminated) {
		int r;

		if (ms == 0)
			return EAGAIN;
		r = ms > 0 ? pthread_cond_clockwait(&m->condition, &m->mutex,
						    CLOCK_MONOTONIC, &end)
			   : pthread_cond_wait(&m->condition, &m->mutex);
		if (r == ETIMEDOUT)
			return test(object) ? 0 : r;
	}
	return 0;
}

bq_t *bq_new(size_t capacity)
{
	bq_t *q = capacity > 0 ? calloc(1, sizeof *q) : NULL;

	if (!q)
		return NULL;
	q->array.class = &growing_array_class;
	q->array.limit = capacity;
	pthread_mutex_init(&q->monitor.mutex, NULL);
	pthread_cond_init(&q->monitor.condition, NULL);
	return q;
}

int bq_put(bq_t *q, void *item, int timeout_ms)
{
	const struct storage_class *class = q->array.class;
	int r;

	monitor_enter(&q->monitor);
	r = monitor_until(&q->monitor, class->has_room, &q->array, timeout_ms);
	if (q->monitor.terminated)
		r = EPIPE;
	if (r == 0)
		class->store(&q->array, item);
	monitor_exit(&q->monitor);
	return r;
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms)
{
	const struct storage_class *class = q->array.class;
	int r;

	monitor_enter(&q->monitor);
	r = monitor_until(&q->monitor, class->has_item, &q->array, timeout_ms);
	if (class->has_item(&q->array))
		*ret_item = class->fetch(&q->array);
	else if (q->monitor.terminated)
		r = EPIPE;
	monitor_exit(&q->monitor);
	return r;
}

void bq_close(bq_t *q)
{
	monitor_enter(&q->monitor);
	q->monitor.terminated = 1;
	monitor_exit(&q->monitor);
}

size_t bq_len(bq_t *q)
{
	size_t size;

	monitor_enter(&q->monitor);
	size = q->array.class->size(&q->array);
	monitor_exit(&q->monitor);
	return size;
}

void bq_free(bq_t *q)
{
	if (!q)
		return;
	free(q->array.values);
	free(q);
}
