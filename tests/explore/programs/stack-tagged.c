/*
 * stack-tagged.c - a stack of array indices whose head counts its changes, so
 * that a node which left and came back is not taken for one that stayed
 */
#include "suite.h"

#include <stdatomic.h>

#define NONE 0 /* nodes are numbered from 1 */

/* The number of the top node below, of changes above. */
static _Atomic uint64_t head = 1;
static atomic_uint next_of[3] = { NONE, 2, NONE };
static int owners[3]; /* plain: a node popped is nobody else's */

static uint64_t head_after(uint64_t seen, unsigned node)
{
	return (((seen >> 32) + 1) << 32) | node;
}

static unsigned pop(void)
{
	uint64_t seen = atomic_load_explicit(&head, memory_order_acquire);
	unsigned node, next;

	do {
		node = (unsigned)seen;
		if (node == NONE)
			return NONE;
		next = atomic_load_explicit(&next_of[node],
					    memory_order_relaxed);
	} while (!atomic_compare_exchange_weak_explicit(
		&head, &seen, head_after(seen, next), memory_order_acquire,
		memory_order_acquire));
	scenario_require(!owners[node], "a node popped is nobody else's");
	owners[node] = 1;
	return node;
}

static void push(unsigned node)
{
	uint64_t seen = atomic_load_explicit(&head, memory_order_relaxed);

	owners[node] = 0;
	do
		atomic_store_explicit(&next_of[node], (unsigned)seen,
				      memory_order_relaxed);
	while (!atomic_compare_exchange_weak_explicit(
		&head, &seen, head_after(seen, node), memory_order_release,
		memory_order_relaxed));
}

static void *popper(void *number)
{
	(void)number;
	(void)pop();
	(void)pop();
	return NULL;
}

static void *recycler(void *number)
{
	unsigned first = pop();
	unsigned second = pop();

	(void)number;
	(void)second;
	if (first != NONE)
		push(first);
	return NULL;
}

static void run(void)
{
	SUITE_RUN(popper, recycler);
}

SUITE_MAIN(run);
