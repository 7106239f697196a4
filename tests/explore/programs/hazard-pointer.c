/*
 * hazard-pointer.c - a reader says what it looks at, and looks again whether it
 * is still there; who replaced it waits before it frees
 */
#include "suite.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

struct box {
	int value;
};

static _Atomic(struct box *) current;
static _Atomic(struct box *) hazard;

static struct box *box_new(int value)
{
	struct box *box = malloc(sizeof(*box));

	scenario_require(box != NULL, "memory");
	box->value = value;
	return box;
}

static void *reader(void *number)
{
	struct box *box;

	(void)number;
	do {
		box = atomic_load_explicit(&current, memory_order_acquire);
		atomic_store_explicit(&hazard, box, memory_order_seq_cst);
	} while (atomic_load_explicit(&current, memory_order_seq_cst) != box);
	scenario_require(box->value == 1 || box->value == 2, "a whole box");
	atomic_store_explicit(&hazard, NULL, memory_order_release);
	return NULL;
}

static void *writer(void *number)
{
	struct box *old = atomic_exchange(&current, box_new(2));

	(void)number;
	while (atomic_load(&hazard) == old)
		sched_yield();
	free(old);
	return NULL;
}

static void run(void)
{
	atomic_store(&current, box_new(1));
	SUITE_RUN(reader, writer);
	free(atomic_load(&current));
}

SUITE_MAIN(run);
