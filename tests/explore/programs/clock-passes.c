/*
 * clock-passes.c - clocks do not go back, and a sleep is not shorter than asked
 */
#include "suite.h"

#include <stdatomic.h>
#include <time.h>

static atomic_llong latest;

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void *sleeper(void *number)
{
	long nap_ns = 1000000 * (suite_number(number) + 1);
	struct timespec nap = { .tv_nsec = nap_ns };
	long long seen = atomic_load(&latest);
	long long before = now_ns();

	scenario_require(before >= seen, "what another has seen is past");
	nanosleep(&nap, NULL);
	scenario_require(now_ns() >= before + nap_ns, "the nap is over");
	atomic_store(&latest, now_ns());
	return NULL;
}

static void run(void)
{
	SUITE_RUN(sleeper, sleeper, sleeper);
}

SUITE_MAIN(run);
