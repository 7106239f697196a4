/*
 * lost-update-plain.c - two threads add to a plain counter
 *
 * Fails: thread 1 reads 0, thread 2 reads 0 and writes 1, thread 1 writes 1;
 * and every order of the two is a race.
 */
#include "suite.h"

static int counter;

static void *adder(void *number)
{
	(void)number;
	counter++;
	return NULL;
}

static void run(void)
{
	SUITE_RUN(adder, adder);
	scenario_require(counter == 2, "both additions count");
}

SUITE_MAIN(run);
