/*
 * thread-local-shared.c - a thread gives out the address of its own copy, and
 * goes on using it
 *
 * Fails: a race whenever the second thread has the address.
 */
#include "suite.h"

#include <stdatomic.h>

static _Thread_local int own;
static _Atomic(int *) given;

static void *giver(void *number)
{
	(void)number;
	atomic_store(&given, &own);
	own++;
	return NULL;
}

static void *taker(void *number)
{
	int *theirs = atomic_load(&given);

	(void)number;
	if (theirs)
		++*theirs;
	return NULL;
}

static void run(void)
{
	/* The giver lives until both have ended. */
	pthread_t thread = suite_start(taker, 1);

	giver(NULL);
	suite_join(thread);
}

SUITE_MAIN(run);
