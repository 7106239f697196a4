/*
 * SIGKILL to a box, or to who started it, while a program runs: what is left.
 *
 * The same as test_killed.c without a batch around it, so that it takes a
 * moment only: it is run on slow hosts as well (tests/hosts).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "census.h"
#include "process.h"
#include "scratch.h"
#include "text.h"

#define PATIENCE_MS 60000
#define GONE_WITHIN_MS 2000

static void sleep_ms(long ms)
{
	const struct timespec time = { ms / 1000, ms % 1000 * 1000000 };

	(void)nanosleep(&time, NULL);
}

/* The first process of @census called @name; 0: none. */
static pid_t called(const struct census *census, const char *name)
{
	size_t i;

	for (i = 0; i < census->count; i++)
		if (strcmp(census->processes[i].name, name) == 0)
			return census->processes[i].pid;
	return 0;
}

/* The first process below @ancestor called @name, as soon as there is one. */
static pid_t await(struct census *census, pid_t ancestor, const char *name)
{
	pid_t found;
	int ms;

	for (ms = 0; ms < PATIENCE_MS; ms += 5) {
		census_take(census, ancestor);
		found = called(census, name);
		if (found)
			return found;
		sleep_ms(5);
	}
	fail_msg("no %s has been started", name);
	return 0;
}

/* "assay sandbox" with a program and its descendants that do not end. */
static struct process start_sleepers(struct census *census)
{
	AUTO_FREE char *programs = build_path("tests/hostile");
	AUTO_FREE char *bind = text_format("%s:/hostile", programs);
	const char *const argv[] = { "assay",
				     "sandbox",
				     "--wall",
				     "600",
				     "--bind",
				     bind,
				     "--",
				     "/hostile/misdeed",
				     "litter-and-sleep",
				     "orphan",
				     NULL };
	struct process process;

	process_start(&process, argv, NULL);
	(void)await(census, process.pid, "misdeed");
	assert_true(census->count >= 3); /* the box, init, the program */
	return process;
}

/* The kernel kills a run whose box is gone, and does so in its own time. */
static void assert_gone(const struct census *census)
{
	int ms;

	for (ms = 0; ms < GONE_WITHIN_MS && census_alive(census) > 0; ms += 20)
		sleep_ms(20);
	assert_int_equal(census_alive(census), 0);
	for (ms = 0; ms < GONE_WITHIN_MS && census_cgroups(census) > 0;
	     ms += 20)
		sleep_ms(20);
	assert_int_equal(census_cgroups(census), 0);
}

static void test_orphaned__a_killed_box_takes_its_run_along(void **state)
{
	struct census census;
	struct process process = start_sleepers(&census);
	pid_t box = called(&census, "assay-sandbox");

	(void)state;
	assert_int_not_equal(box, 0);
	assert_int_equal(kill(box, SIGKILL), 0);
	process_wait(&process);
	assert_status(&process, 3);
	/* who started it has swept up before it ended */
	assert_int_equal(census_cgroups(&census), 0);
	assert_gone(&census);
	process_release(&process);
}

static void test_orphaned__a_box_ends_with_who_started_it(void **state)
{
	struct census census;
	struct process process = start_sleepers(&census);

	(void)state;
	assert_int_equal(kill(process.pid, SIGKILL), 0);
	process_wait(&process);
	assert_int_equal(process.status, 128 + SIGKILL);
	assert_gone(&census);
	process_release(&process);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_orphaned__a_killed_box_takes_its_run_along),
		cmocka_unit_test(test_orphaned__a_box_ends_with_who_started_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
