/*
 * A candidate's way: start, edit, check, pack; and what a grader makes of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "process.h"
#include "scratch.h"
#include "text.h"

#define SOLUTION "exercises/" BOUNDED_QUEUE "/solution/c"
#define MUTANTS "exercises/" BOUNDED_QUEUE "/mutants/"

/* Check the folder @name and parse the report. */
static json_t *check(const char *scratch, const char *name, int status)
{
	AUTO_FREE char *path = scratch_path(scratch, name);
	struct process process;
	json_t *report;

	process_run(&process, NULL, "assay", "check", "--json", path);
	assert_status(&process, status);
	report = scratch_parse(process.out);
	process_release(&process);
	return report;
}

static json_t *grade(const char *scratch, const char *submission,
		     const char *id)
{
	AUTO_FREE char *out = scratch_path(scratch, "results");
	AUTO_FREE char *path = scratch_path(scratch, submission);
	AUTO_FREE char *name = text_format("results/reports/%s.json", id);
	struct process process;

	process_run(&process, NULL, "assay", "grade", "--quiet", "--out", out,
		    path);
	assert_status(&process, 0);
	process_release(&process);
	return scratch_json(scratch, name);
}

static void start(const char *scratch, const char *name)
{
	AUTO_FREE char *path = scratch_path(scratch, name);
	struct process process;

	process_run(&process, NULL, "assay", "start", BOUNDED_QUEUE, path);
	assert_status(&process, 0);
	process_release(&process);
}

static void pack(const char *scratch, const char *name, const char *archive)
{
	const struct process_options inside = {
		.folder = scratch_path(scratch, name),
	};
	AUTO_FREE char *path = scratch_path(scratch, archive);
	struct process process;

	process_run(&process, &inside, "assay", "pack", "-o", path);
	assert_status(&process, 0);
	process_release(&process);
	free((char *)(uintptr_t)inside.folder);
}

static void assert_same_verdict(const json_t *one, const json_t *other)
{
	const char *digest = json_text(one, "verdict_digest");

	assert_int_equal(strlen(digest), 64);
	assert_string_equal(digest, json_text(other, "verdict_digest"));
}

static void test_check__a_round_trip_ends_in_the_same_verdict(void **state)
{
	AUTO_FREE char *solution = source_path(SOLUTION);
	AUTO_FREE char *work = scratch_path(*state, "work");
	json_t *started, *checked, *graded;

	start(*state, "work");
	started = check(*state, "work", 1);
	assert_int_equal(
		json_value(json_object_get(started, "score"), "points"), 0);

	scratch_copy(solution, work);
	checked = check(*state, "work", 0);
	pack(*state, "work", "ada.tar.gz");
	graded = grade(*state, "ada.tar.gz", "ada");
	assert_same_verdict(checked, graded);

	json_decref(started);
	json_decref(checked);
	json_decref(graded);
}

static void test_check__a_failure_is_the_same_for_the_grader(void **state)
{
	json_t *checked, *again, *graded;

	/* what this one loses does not depend on the schedule */
	free(scratch_submission(*state, "eve", MUTANTS "realtime-clock"));
	checked = check(*state, "eve", 1);
	again = check(*state, "eve", 1);
	graded = grade(*state, "eve", "eve");
	assert_string_equal(
		json_text(report_test(checked, "timeouts"), "status"), "fail");
	assert_same_verdict(checked, again);
	assert_same_verdict(checked, graded);
	json_decref(checked);
	json_decref(again);
	json_decref(graded);
}

/* The command that a report gives shows the same failure again. */
static void test_check__a_replay_shows_the_same_failure(void **state)
{
	const struct process_options inside = {
		.folder = scratch_submission(*state, "eve",
					     MUTANTS "off-by-one"),
	};
	json_t *report = check(*state, "eve", 1), *again;
	const json_t *failed = report_test(report, "sequential");
	AUTO_FREE char *command = text_format("exec $ASSAY_BUILD/%s --json",
					      json_text(failed, "replay"));
	struct process process;

	assert_memory_equal(json_text(failed, "replay"), "assay check ", 12);
	process_run(&process, &inside, "/bin/sh", "-c", command);
	assert_status(&process, 1);
	again = scratch_parse(process.out);
	assert_int_equal(json_array_size(json_object_get(again, "tests")), 1);
	assert_string_equal(
		json_text(report_test(again, "sequential"), "message"),
		json_text(failed, "message"));
	assert_true(json_value(report_test(again, "sequential"), "seed") ==
		    json_value(failed, "seed"));
	json_decref(again);
	json_decref(report);
	process_release(&process);
	free((char *)(uintptr_t)inside.folder);
}

static void test_check__one_test_brings_what_it_depends_on(void **state)
{
	AUTO_FREE char *path = scratch_submission(*state, "ada", SOLUTION);
	struct process process;
	json_t *report;

	process_run(&process, NULL, "assay", "check", "--json", "--test",
		    "performance", "--seed", "42", path);
	assert_status(&process, 0);
	report = scratch_parse(process.out);
	assert_int_equal(json_array_size(json_object_get(report, "tests")), 3);
	assert_int_equal(json_value(report_test(report, "performance"), "seed"),
			 42);
	assert_string_equal(
		json_text(report_test(report, "conservation"), "status"),
		"pass");
	json_decref(report);
	process_release(&process);
}

static void test_check__explains_what_failed_in_words(void **state)
{
	AUTO_FREE char *path = scratch_submission(*state, "eve",
						  MUTANTS "unlocked-length");
	struct process process;

	process_run(&process, NULL, "assay", "check", "--test", "races", path);
	assert_status(&process, 1);
	assert_non_null(strstr(process.out, "data race"));
	assert_non_null(strstr(process.out, "bq.c:"));
	assert_non_null(strstr(process.out, "assay check --test races --seed"));
	assert_null(strstr(process.out, "used "));
	process_release(&process);

	process_run(&process, NULL, "assay", "check", "--debug", "--test",
		    "close", path);
	assert_status(&process, 0);
	assert_non_null(strstr(process.out, "used "));
	process_release(&process);
}

static void test_check__tells_where_it_does_not_compile(void **state)
{
	AUTO_FREE char *path = scratch_submission(*state, "eve", SOLUTION);
	struct process process;

	free(scratch_write(path, "bq.c", "#include \"bq.h\"\nint oops\n"));
	process_run(&process, NULL, "assay", "check", path);
	assert_status(&process, 1);
	assert_non_null(strstr(process.out, "build-error"));
	assert_non_null(strstr(process.out, "bq.c:2:"));
	process_release(&process);
}

static void test_check__never_runs_a_hidden_test(void **state)
{
	AUTO_FREE char *path = scratch_submission(*state, "ada", SOLUTION);
	struct process process;

	process_run(&process, NULL, "assay", "check", "--test", "close-hidden",
		    path);
	assert_status(&process, 2);
	assert_string_equal(process.out, "");
	process_release(&process);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_check__a_round_trip_ends_in_the_same_verdict),
		TEST(test_check__a_failure_is_the_same_for_the_grader),
		TEST(test_check__a_replay_shows_the_same_failure),
		TEST(test_check__one_test_brings_what_it_depends_on),
		TEST(test_check__explains_what_failed_in_words),
		TEST(test_check__tells_where_it_does_not_compile),
		TEST(test_check__never_runs_a_hidden_test),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
