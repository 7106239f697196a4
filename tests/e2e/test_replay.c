/*
 * A report that is held against a second grading: what counts as the same, what
 * is refused, and what is said of the rest.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "counter.h"
#include "process.h"
#include "scratch.h"
#include "text.h"

#define BOB "out/reports/bob.json"

/* Made once: two submissions, graded in "out". Each test leaves them so. */
static struct counter_home home;

#define RUN(process, ...) COUNTER_RUN(process, home, "grade", __VA_ARGS__)

static int set_up(void **state)
{
	struct process process;

	(void)state;
	counter_home_make(&home);
	counter_submission(home.folder, "ada", COUNTER_RIGHT);
	counter_submission(home.folder, "bob", COUNTER_WRONG);
	RUN(&process, "--quiet", "--exercise", COUNTER, "--out", "out", "ada",
	    "bob");
	assert_status(&process, 0);
	process_release(&process);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	counter_home_remove(&home);
	return 0;
}

/* It has @words, which are all of one line, or its beginning. */
static void assert_line(const char *text, const char *words)
{
	const char *at = strstr(text, words);

	if (!at || (at != text && at[-1] != '\n'))
		fail_msg("no line '%s': %s", words, text);
}

static void assert_refused(struct process *process, const char *words)
{
	assert_status(process, 2);
	assert_string_equal(process->out, "");
	assert_line(process->err, words);
	assert_string_equal(strchr(process->err, '\n'), "\n");
	process_release(process);
}

static void move(const char *from, const char *to)
{
	AUTO_FREE char *old = scratch_path(home.folder, from);
	AUTO_FREE char *new = scratch_path(home.folder, to);

	assert_int_equal(rename(old, new), 0);
}

/* ---- the same ---- */

static void test_replay__of_the_same_says_so_in_one_line(void **state)
{
	json_auto_t *report = scratch_json(home.folder, BOB);
	AUTO_FREE char *line = text_format("same verdict: %s\n",
					   json_text(report, "verdict_digest"));
	struct process process;

	(void)state;
	RUN(&process, "--replay", BOB);
	assert_status(&process, 0);
	assert_string_equal(process.out, line);
	assert_string_equal(process.err, "");
	process_release(&process);
}

static void test_replay__wants_the_submission_named_when_moved(void **state)
{
	struct process process;

	(void)state;
	move("bob", "elsewhere");
	RUN(&process, "--replay", BOB);
	assert_refused(&process, "assay grade: --replay: bob: No such file or "
				 "directory: name the submission behind");
	RUN(&process, "--json", "--replay", BOB, "elsewhere");
	assert_status(&process, 0);
	assert_non_null(strstr(process.out, "\"same\": true"));
	process_release(&process);
	move("elsewhere", "bob");
}

/* ---- refused ---- */

static void test_replay__refuses_a_changed_submission(void **state)
{
	AUTO_FREE char *was = scratch_read(home.folder, "bob/counter.c");
	AUTO_FREE char *now = text_format("%s\n", was);
	struct process process;

	(void)state;
	free(scratch_write(home.folder, "bob/counter.c", now));
	RUN(&process, "--replay", BOB);
	assert_refused(&process, "assay grade: --replay: bob is not what was "
				 "graded: changed counter.c\n");
	free(scratch_write(home.folder, "bob/counter.c", was));
	RUN(&process, "--replay", BOB, "ada");
	assert_refused(&process, "assay grade: --replay: ada is not what was "
				 "graded: changed counter.c\n");
}

static void test_replay__refuses_a_tampered_report(void **state)
{
	AUTO_FREE char *was = scratch_read(home.folder, BOB);
	AUTO_FREE char *now = text_format("%s", was);
	char *word = strstr(now, "\"status\": \"fail\"");
	struct process process;

	(void)state;
	assert_non_null(word);
	memcpy(word, "\"status\": \"pass\"", strlen("\"status\": \"pass\""));
	free(scratch_write(home.folder, BOB, now));
	RUN(&process, "--replay", BOB);
	assert_refused(&process, "assay grade: --replay: " BOB ": tampered: "
				 "changed since it was signed: ");
	now[strlen(now) / 2] = '\0';
	free(scratch_write(home.folder, BOB, now));
	RUN(&process, "--replay", BOB);
	assert_refused(&process, "assay grade: --replay: " BOB ": truncated: ");
	free(scratch_write(home.folder, BOB, was));
}

/* The journal has the digest of another one. */
static void test_replay__refuses_an_earlier_report(void **state)
{
	AUTO_FREE char *ours = scratch_read(home.folder, BOB);
	AUTO_FREE char *theirs = NULL;
	struct process process;

	(void)state;
	RUN(&process, "--quiet", "--exercise", COUNTER, "--out", "other",
	    "bob");
	assert_status(&process, 0);
	process_release(&process);
	theirs = scratch_read(home.folder, "other/reports/bob.json");
	free(scratch_write(home.folder, BOB, theirs));
	RUN(&process, "--replay", BOB);
	assert_refused(&process, "assay grade: --replay: " BOB ": swapped: ");
	free(scratch_write(home.folder, BOB, ours));
}

static void test_replay__refuses_what_is_of_a_batch(void **state)
{
	struct process process;

	(void)state;
	RUN(&process, "--replay", BOB, "--out", "x");
	assert_refused(&process, "assay grade: --replay goes without --out");
	RUN(&process, "--replay", BOB, "bob", "ada");
	assert_refused(&process, "assay grade: --replay is of one submission");
	RUN(&process, "--replay", "nowhere.json");
	assert_refused(&process, "assay grade: --replay: nowhere.json: No ");
	RUN(&process, "--key", "key.pub", "--out", "x", "bob");
	assert_refused(&process, "assay grade: --key goes with --replay");
}

/* ---- another ---- */

static void test_replay__says_what_differs_and_why(void **state)
{
	struct process process;

	(void)state;
	/* the verdict holds, but by another exercise, which is said */
	counter_edit(home.folder, "\"version\": \"1.0.0\"",
		     "\"version\": \"1.0.1\"");
	RUN(&process, "--replay", BOB);
	assert_status(&process, 0);
	assert_line(process.out, "same verdict: ");
	assert_line(process.err, "assay grade: by another exercise: version "
				 "1.0.1, was 1.0.0\n");
	process_release(&process);

	counter_edit(home.folder, "\"points\": 40, \"vis",
		     "\"points\": 30, \"vis");
	counter_edit(home.folder, "\"points\": 20", "\"points\": 30");
	RUN(&process, "--replay", BOB);
	assert_status(&process, 1);
	assert_line(process.out, "another verdict: ");
	assert_line(process.out, "exercise    version 1.0.1, was 1.0.0; ");
	process_release(&process);

	counter_edit(home.folder, "\"points\": 30, \"vis",
		     "\"points\": 40, \"vis");
	counter_edit(home.folder, "\"points\": 30", "\"points\": 20");
	counter_edit(home.folder, "\"version\": \"1.0.1\"",
		     "\"version\": \"1.0.0\"");
}

static void test_replay__without_boxes_is_a_fault(void **state)
{
	struct process_options options = { .folder = home.folder };
	struct process process;

	(void)state;
	options.env[0] = home.key;
	options.env[1] = home.exercises;
	options.env[2] = "ASSAY_SANDBOX=/bin/false";
	process_run(&process, &options, "assay", "grade", "--replay", BOB);
	assert_status(&process, 3);
	assert_string_equal(process.out, "");
	assert_line(process.err, "assay grade: --replay: this host failed");
	process_release(&process);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replay__of_the_same_says_so_in_one_line),
		cmocka_unit_test(
			test_replay__wants_the_submission_named_when_moved),
		cmocka_unit_test(test_replay__refuses_a_changed_submission),
		cmocka_unit_test(test_replay__refuses_a_tampered_report),
		cmocka_unit_test(test_replay__refuses_an_earlier_report),
		cmocka_unit_test(test_replay__refuses_what_is_of_a_batch),
		cmocka_unit_test(test_replay__says_what_differs_and_why),
		cmocka_unit_test(test_replay__without_boxes_is_a_fault),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
