/*
 * dekker-turn.c - Dekker's lock: who does not have the turn takes its flag back
 * and waits, so two that want it at once come in one after the other
 */
#include "suite.h"

#include <sched.h>
#include <stdatomic.h>

static atomic_int wants[2];
static atomic_int turn;
static int counter;

static void enter(int own)
{
	atomic_store(&wants[own], 1);
	while (atomic_load(&wants[!own])) {
		if (atomic_load(&turn) == own) {
			sched_yield();
			continue;
		}
		atomic_store(&wants[own], 0);
		while (atomic_load(&turn) != own)
			sched_yield();
		atomic_store(&wants[own], 1);
	}
}

static void leave(int own)
{
	atomic_store(&turn, !own);
	atomic_store(&wants[own], 0);
}

static void *adder(void *number)
{
	int own = suite_number(number);

	enter(own);
	counter++;
	leave(own);
	return NULL;
}

static void run(void)
{
	SUITE_RUN(adder, adder);
	scenario_require(counter == 2, "both additions count");
}

SUITE_MAIN(run);
