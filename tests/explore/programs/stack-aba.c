/*
 * stack-aba.c - a stack of array indices whose head carries no count
 *
 * Fails: thread 1 is about to swing the head from node 0 to node 1; thread 2
 * pops both and pushes 0 back; thread 1 succeeds, and its next pop is node 1,
 * which thread 2 still has.
 */
#include "suite.h"

#include <stdatomic.h>

#define NONE 0 /* nodes are numbered from 1 */

static atomic_uint head = 1;
static atomic_uint next_of[3] = { NONE, 2, NONE };
static atomic_int owners[3];

static unsigned pop(void)
{
	unsigned seen = atomic_load(&head);

	while (seen != NONE &&
	       !atomic_compare_exchange_strong(&head, &seen,
					       atomic_load(&next_of[seen])))
		;
	if (seen != NONE)
		scenario_require(!atomic_exchange(&owners[seen], 1),
				 "a node popped is nobody else's");
	return seen;
}

static void push(unsigned node)
{
	unsigned seen = atomic_load(&head);

	atomic_store(&owners[node], 0);
	do
		atomic_store(&next_of[node], seen);
	while (!atomic_compare_exchange_strong(&head, &seen, node));
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
