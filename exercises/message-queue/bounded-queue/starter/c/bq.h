/*
 * bq.h - a bounded queue between threads
 *
 * This file belongs to the exercise: it is put back before anything is built.
 * Your work is bq.c. README.md is the task.
 *
 * Every function may be called from any number of threads at the same time,
 * except bq_new() and bq_free().
 *
 * timeout_ms: how long a call may wait, in milliseconds.
 *	< 0	as long as it takes
 *	  0	not at all
 *	> 0	until so much time has passed, whatever happens to the wall
 *		clock meanwhile
 */
#ifndef BQ_H
#define BQ_H

#include <stddef.h>

typedef struct bq bq_t;

/** An empty queue for up to @capacity items, at least 1; NULL: no memory. */
bq_t *bq_new(size_t capacity);

/**
 * Append @item. It is only ever handed on, never looked into; NULL is an item
 * like any other. Returns
 *	0		it is in the queue
 *	EAGAIN		full, and timeout_ms is 0
 *	ETIMEDOUT	full, and stayed so for timeout_ms
 *	EPIPE		closed: now, or while the call was waiting
 */
int bq_put(bq_t *q, void *item, int timeout_ms);

/**
 * Take the oldest item out into *ret_item. Returns
 *	0		*ret_item is set
 *	EAGAIN		empty, and timeout_ms is 0
 *	ETIMEDOUT	empty, and stayed so for timeout_ms
 *	EPIPE		closed and empty: no item will ever come
 * *ret_item is left as it was unless 0 is returned.
 */
int bq_take(bq_t *q, void **ret_item, int timeout_ms);

/** No more puts. Items in the queue can still be taken. Twice is as once. */
void bq_close(bq_t *q);

/** How many items were in the queue at some moment during the call. */
size_t bq_len(bq_t *q);

/** Give everything back. Nobody is using the queue any more. */
void bq_free(bq_t *q);

#endif
