/*
 * flag-volatile.c - volatile is taken for atomic
 *
 * Fails: a race on the flag in every schedule, and one on the data.
 */
#include "suite.h"

#include <sched.h>

static int data;
static volatile int ready;

static void *writer(void *number)
{
	(void)number;
	data = 42;
	ready = 1;
	return NULL;
}

static void *reader(void *number)
{
	(void)number;
	while (!ready)
		sched_yield();
	scenario_require(data == 42, "the data is there");
	return NULL;
}

static void run(void)
{
	SUITE_RUN(writer, reader);
}

SUITE_MAIN(run);
