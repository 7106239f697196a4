/*
 * clh-lock.c - a queue of waiters, each of which spins on its predecessor's
 * node and has it for its next round (Craig; Landin and Hagersten)
 */
#include "suite.h"

#include <stdatomic.h>

struct node {
	atomic_int held;
};

static struct node nodes[4];
static _Atomic(struct node *) tail = &nodes[3];
static int counter;

static void *adder(void *number)
{
	struct node *own = &nodes[suite_number(number)];

	for (int i = 0; i < 2; i++) {
		struct node *before;

		atomic_store_explicit(&own->held, 1, memory_order_relaxed);
		before = atomic_exchange_explicit(&tail, own,
						  memory_order_acq_rel);
		while (atomic_load_explicit(&before->held,
					    memory_order_acquire))
			;
		counter++;
		atomic_store_explicit(&own->held, 0, memory_order_release);
		own = before;
	}
	return NULL;
}

static void run(void)
{
	SUITE_RUN(adder, adder);
	scenario_require(counter == 4, "four additions count");
}

SUITE_MAIN(run);
