/*
 * Runs that end for time beside others, and again alone.
 *
 * Noise is made, not hoped for: a program is stopped by a signal from outside
 * in the one run that is to be late, so that its time passes and it has none
 * of it, as when others have the machine. The exercise is tests/e2e/noise: a
 * shell script has 1.5 s to write an answer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "census.h"
#include "process.h"
#include "scratch.h"
#include "text.h"

#define EXERCISE "noise/answer"
#define PATIENCE_MS 60000
#define VICTIM_SLEEPS "0.41"

static int setup(void **state)
{
	AUTO_FREE char *from = source_path("tests/e2e/noise");
	AUTO_FREE char *to = NULL;

	*state = scratch_new();
	to = scratch_path(*state, "exercises/" EXERCISE);
	scratch_copy(from, to);
	return 0;
}

/* A submission whose program is the shell's @script. */
static void add(const char *scratch, const char *name, const char *script)
{
	AUTO_FREE char *folder = scratch_path(scratch, name);
	AUTO_FREE char *text = text_format("#!/bin/sh\n%s\n", script);

	assert_int_equal(mkdir(folder, 0755), 0);
	free(scratch_write(folder, "answer.sh", text));
}

static json_t *report_of(const char *scratch, const char *id)
{
	AUTO_FREE char *name = text_format("out/reports/%s.json", id);

	return scratch_json(scratch, name);
}

static bool has_word(pid_t pid, const char *word)
{
	char path[64], text[512];
	AUTO_CLOSE int fd = -1;
	size_t size = strlen(word) + 1;
	ssize_t got, i;

	(void)snprintf(path, sizeof path, "/proc/%d/cmdline", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	got = fd < 0 ? 0 : read(fd, text, sizeof text);
	for (i = 0; i + (ssize_t)size <= got; i++)
		if (memcmp(text + i, word, size) == 0)
			return true;
	return false;
}

/* Stop the program that sleeps for @time, as soon as it is there. */
static void stop(pid_t harness, const char *time)
{
	const struct timespec pause = { .tv_nsec = 5000000 };
	struct census census;
	size_t i;
	int ms;

	for (ms = 0; ms < PATIENCE_MS; ms += 5) {
		census_take(&census, harness);
		for (i = 0; i < census.count; i++) {
			pid_t pid = census.processes[i].pid;

			if (strcmp(census.processes[i].name, "sleep") == 0 &&
			    has_word(pid, time)) {
				assert_int_equal(kill(pid, SIGSTOP), 0);
				return;
			}
		}
		(void)nanosleep(&pause, NULL);
	}
	fail_msg("no program has been started");
}

static const json_t *late_of(const json_t *report)
{
	return json_array_get(
		json_object_get(report_test(report, "answer"), "late"), 0);
}

static const char *status(const json_t *report)
{
	return json_text(report_test(report, "answer"), "status");
}

/* Stopped in its first run, and not in the one alone. */
static void assert_excused(const json_t *report)
{
	const json_t *late = late_of(report);

	assert_string_equal(status(report), "pass");
	assert_non_null(late);
	assert_string_equal(json_text(late, "status"), "wall-limit");
	assert_string_equal(json_text(late, "alone"), "pass");
	assert_true(json_is_true(json_object_get(late, "company")));
	assert_int_equal(
		json_value(json_object_get(report_test(report, "answer"),
					   "repeat"),
			   "ran"),
		1);
}

/* Too slow for good: it had its second try, and that is that. */
static void assert_slow(const json_t *report)
{
	const json_t *late = late_of(report);

	assert_string_equal(status(report), "wall-limit");
	assert_non_null(late);
	assert_string_equal(json_text(late, "status"), "wall-limit");
	assert_true(strcmp(json_text(late, "alone"), "wall-limit") == 0 ||
		    !json_is_true(json_object_get(late, "company")));
}

static bool is_limit_of_time(const char *status)
{
	return strcmp(status, "cpu-limit") == 0 ||
	       strcmp(status, "wall-limit") == 0;
}

/* An endless loop, which needs no other try where it had a CPU to itself. On a
 * machine that is busy with something else it may not even get 0.4 s of it. */
static void assert_spun(const json_t *report)
{
	const json_t *late = late_of(report);
	const char *alone;

	assert_true(is_limit_of_time(status(report)));
	assert_non_null(late);
	alone = json_text(late, "alone");
	if (*alone)
		assert_true(is_limit_of_time(alone));
	else
		assert_non_null(
			strstr(json_text(late, "why"), "computed")
				?: strstr(json_text(late, "why"), "nothing"));
}

static void test_noise__only_what_is_late_alone_is_late(void **state)
{
	const char *scratch = *state;
	AUTO_FREE char *exercises = text_format("ASSAY_EXERCISES=%s/exercises",
						scratch);
	const struct process_options options = { .folder = scratch,
						 .env = { exercises } };
	static const char *const argv[] = { "assay",   "grade", "--quiet",
					    "--jobs",  "2",     "--exercise",
					    EXERCISE,  "--out", "out",
					    "victim",  "other", "sleeper",
					    "spinner", NULL };
	struct process process;
	json_t *report;

	/* who is stopped for good would be a deadlock, were it all */
	add(scratch, "victim",
	    "(sleep " VICTIM_SLEEPS "; : >/tmp/slept) &\n"
	    "while [ ! -e /tmp/slept ]; do sleep 0.05; done; printf 42 >&3");
	add(scratch, "other", "sleep 0.4; printf 42 >&3");
	add(scratch, "sleeper", "while :; do sleep 0.1; done");
	add(scratch, "spinner", "while :; do :; done");
	process_start(&process, argv, &options);
	stop(process.pid, VICTIM_SLEEPS);
	process_wait(&process);
	assert_status(&process, 0);

	report = report_of(scratch, "victim");
	assert_excused(report);
	json_decref(report);
	report = report_of(scratch, "other");
	assert_string_equal(status(report), "pass");
	json_decref(report);
	report = report_of(scratch, "sleeper");
	assert_slow(report);
	json_decref(report);
	report = report_of(scratch, "spinner");
	assert_spun(report);
	json_decref(report);
	process_release(&process);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_noise__only_what_is_late_alone_is_late, setup,
			scratch_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
