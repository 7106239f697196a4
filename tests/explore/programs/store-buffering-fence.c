/*
 * store-buffering-fence.c - a store and a load of something else with a
 * sequentially consistent fence in between: not both threads can see 0
 */
#include "suite.h"

#include <stdatomic.h>

static atomic_int wants[2];
static int seen[2];

static void *entrant(void *number)
{
	int own = suite_number(number);

	atomic_store_explicit(&wants[own], 1, memory_order_relaxed);
	atomic_thread_fence(memory_order_seq_cst);
	seen[own] = atomic_load_explicit(&wants[!own], memory_order_relaxed);
	return NULL;
}

static void run(void)
{
	SUITE_RUN(entrant, entrant);
	scenario_require(seen[0] || seen[1], "one sees that the other wants");
}

SUITE_MAIN(run);
