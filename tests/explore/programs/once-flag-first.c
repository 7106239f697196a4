/*
 * once-flag-first.c - the flag that says "made" is set by who begins to make
 *
 * Fails: thread 1 has set the flag and is preempted before it makes; thread 2
 * takes what is not there.
 */
#include "suite.h"

#include <stdatomic.h>

static atomic_flag made = ATOMIC_FLAG_INIT;
static atomic_int size;

static void *user(void *number)
{
	(void)number;
	if (!atomic_flag_test_and_set(&made))
		atomic_store(&size, 16);
	scenario_require(atomic_load(&size) == 16, "it is made when used");
	return NULL;
}

static void run(void)
{
	SUITE_RUN(user, user);
}

SUITE_MAIN(run);
