/*
 * futex-mutex-forgets.c - who was woken takes the lock as if nobody else slept
 *
 * Fails: threads 2 and 3 sleep while 1 holds; 1 wakes 2, which marks the lock
 * as held only, and so wakes nobody when it leaves; 3 sleeps for ever.
 */
#include "suite.h"

#include "futex.h"

enum { FREE, HELD, WAITED_FOR };

static atomic_uint word;
static int counter;

static void lock(void)
{
	for (;;) {
		unsigned seen = FREE;

		if (atomic_compare_exchange_strong(&word, &seen, HELD))
			return;
		if (seen == WAITED_FOR ||
		    atomic_compare_exchange_strong(&word, &seen, WAITED_FOR))
			futex_wait(&word, WAITED_FOR);
	}
}

static void unlock(void)
{
	if (atomic_exchange(&word, FREE) == WAITED_FOR)
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
