/*
 * latch-relaxed.c - workers count down relaxed
 *
 * Fails: who sees 0 races with what the workers did before; in every schedule.
 */
#include "suite.h"

#include "futex.h"

static atomic_uint left = 2;
static int results[2];

static void *worker(void *number)
{
	results[suite_number(number)] = 1;
	if (atomic_fetch_sub_explicit(&left, 1, memory_order_relaxed) == 1)
		futex_wake(&left, INT_MAX);
	return NULL;
}

static void *waiter(void *number)
{
	unsigned seen;

	(void)number;
	while ((seen = atomic_load_explicit(&left, memory_order_acquire)))
		futex_wait(&left, seen);
	scenario_require(results[0] && results[1], "all have finished");
	return NULL;
}

static void run(void)
{
	SUITE_RUN(worker, worker, waiter);
}

SUITE_MAIN(run);
