/* A put writes through a pointer that nobody has set. */
#include "bq.h"

#include <errno.h>
#include <stdlib.h>

struct bq {
	void *volatile *volatile ring;
	size_t count;
};

bq_t *bq_new(size_t capacity)
{
	(void)capacity;
	return calloc(1, sizeof(struct bq));
}

__attribute__((noinline)) static void store(bq_t *q, void *item)
{
	q->ring[q->count] = item; /* HERE: crashes */
}

int bq_put(bq_t *q, void *item, int timeout_ms)
{
	(void)timeout_ms;
	store(q, item); /* HERE: calls */
	q->count++;
	return 0;
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms)
{
	(void)q;
	(void)ret_item;
	(void)timeout_ms;
	return EAGAIN;
}

void bq_close(bq_t *q)
{
	(void)q;
}

size_t bq_len(bq_t *q)
{
	return q->count;
}

void bq_free(bq_t *q)
{
	free(q);
}
