/*
 * futex-wait-reloads.c - the value to sleep on is loaded anew, after the one
 * that was found wanting
 *
 * Fails: the word changes between the two loads, the wake finds nobody, and the
 * waiter sleeps on the new value.
 */
#include "suite.h"

#include "futex.h"

static atomic_uint word;

static void *waiter(void *number)
{
	(void)number;
	if (!atomic_load(&word))
		futex_wait(&word, atomic_load(&word));
	return NULL;
}

static void *setter(void *number)
{
	(void)number;
	atomic_store(&word, 1);
	futex_wake(&word, 1);
	return NULL;
}

static void run(void)
{
	SUITE_RUN(waiter, setter);
}

SUITE_MAIN(run);
