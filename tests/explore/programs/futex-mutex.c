/*
 * futex-mutex.c - a mutex of one word: free, held, held with sleepers
 */
#include "suite.h"

#include "futex.h"

enum { FREE, HELD, WAITED_FOR };

static atomic_uint word;
static int counter;

static void lock(void)
{
	unsigned seen = FREE;

	if (atomic_compare_exchange_strong_explicit(&word, &seen, HELD,
						    memory_order_acquire,
						    memory_order_relaxed))
		return;
	/* Who slept cannot know whether others do, and says that they do. */
	while (atomic_exchange_explicit(&word, WAITED_FOR,
					memory_order_acquire) != FREE)
		futex_wait(&word, WAITED_FOR);
}

static void unlock(void)
{
	if (atomic_exchange_explicit(&word, FREE, memory_order_release) ==
	    WAITED_FOR)
		futex_wake(&word, 1);
}

static void *adder(void *number)
{
	(void)number;
	lock();
	counter++;
	unlock();
	return NULL;
}

static void run(void)
{
	SUITE_RUN(adder, adder, adder);
	scenario_require(counter == 3, "three additions count");
}

SUITE_MAIN(run);
