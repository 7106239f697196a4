/*
 * What is done with reports after they were written: told again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "counter.h"
#include "process.h"
#include "scratch.h"
#include "text.h"

/* Made once: two submissions, graded in "out". */
static char *home;

static int set_up(void **state)
{
	struct process_options options = { 0 };
	AUTO_FREE char *exercises = NULL, *key = NULL;
	struct process process;

	home = scratch_new();
	exercises = counter_exercises(home);
	counter_submission(home, "ada", COUNTER_RIGHT);
	counter_submission(home, "bob", COUNTER_WRONG);
	options.folder = home;
	options.env[0] = exercises;
	key = text_format("ASSAY_KEY=%s/keys/grader", home);
	options.env[1] = key;
	process_run(&process, &options, "assay", "grade", "--quiet",
		    "--exercise", COUNTER, "--out", "out", "ada", "bob");
	assert_status(&process, 0);
	process_release(&process);
	*state = home;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	scratch_remove(home);
	return 0;
}

#define RUN(process, ...)                                                     \
	process_run((process), (&(struct process_options){ .folder = home }), \
		    "assay", "report", __VA_ARGS__)

static void test_report__tells_a_report_as_check_does(void **state)
{
	struct process process;

	(void)state;
	RUN(&process, "out/reports/bob.json");
	assert_status(&process, 0);
	assert_non_null(strstr(process.out, "hostile/counter"));
	assert_non_null(strstr(process.out, "FAIL"));
	assert_non_null(
		strstr(process.out, "the sum is that of all numbers added"));
	assert_null(strchr(process.out, '\033'));
	process_release(&process);
}

static void test_report__says_which_of_several_it_is(void **state)
{
	struct process process;
	const char *ada, *bob;

	(void)state;
	RUN(&process, "out/reports/ada.json", "out/reports/bob.json");
	assert_status(&process, 0);
	ada = strstr(process.out, "== out/reports/ada.json\n");
	bob = strstr(process.out, "== out/reports/bob.json\n");
	assert_true(ada && bob && ada < bob);
	process_release(&process);
}

static void test_report__gives_it_as_it_is(void **state)
{
	json_auto_t *report = scratch_json(home, "out/reports/ada.json");
	json_auto_t *given = NULL;
	struct process process;

	(void)state;
	RUN(&process, "--format", "json", "out/reports/ada.json");
	assert_status(&process, 0);
	given = scratch_parse(process.out);
	assert_true(json_equal(given, report));
	process_release(&process);
}

static void assert_refused(struct process *process, const char *word)
{
	assert_status(process, 2);
	assert_non_null(strstr(process->err, word));
	assert_string_equal(strchr(process->err, '\n'), "\n");
	process_release(process);
}

static void test_report__takes_nothing_that_is_no_report(void **state)
{
	struct process process;

	free(scratch_write(*state, "torn.json", "{\"report_version\": 1,"));
	free(scratch_write(*state, "other.json", "{\"report_version\": 77}"));
	RUN(&process, "torn.json");
	assert_refused(&process, "torn.json: line 1");
	RUN(&process, "other.json");
	assert_refused(&process, "other.json");
	RUN(&process, "nowhere.json");
	assert_refused(&process, "nowhere.json: No such file");
	RUN(&process, "keys");
	assert_refused(&process, "keys: has no journal.jsonl");
	RUN(&process, "--format", "papyrus", "other.json");
	assert_refused(&process, "papyrus");
	RUN(&process, "--all");
	assert_refused(&process, "no report");
}

/* All formats of one report, each by the word that only it has. */
static void test_report__speaks_other_programs_formats(void **state)
{
	static const char *const formats[][2] = {
		{ "junit", "<testsuites>" },   { "ctrf", "\"CTRF\"" },
		{ "sarif", "\"2.1.0\"" },      { "gradescope", "max_score" },
		{ "tap", "TAP version 14\n" }, { "csv", "submission,exercise" },
	};
	struct process process;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof formats / sizeof *formats; i++) {
		RUN(&process, "--format", formats[i][0],
		    "out/reports/bob.json");
		assert_status(&process, 0);
		assert_non_null(strstr(process.out, formats[i][1]));
		process_release(&process);
	}
}

static void test_report__puts_a_batch_into_one_document(void **state)
{
	struct process process;
	AUTO_FREE char *text = NULL;

	(void)state;
	RUN(&process, "--format", "junit", "-o", "junit.xml",
	    "out/reports/ada.json", "out/reports/bob.json");
	assert_status(&process, 0);
	assert_string_equal(process.out, "");
	process_release(&process);
	text = scratch_read(home, "junit.xml");
	assert_non_null(strstr(text, "<testsuite name=\"ada\" id=\"0\""));
	assert_non_null(strstr(text, "<testsuite name=\"bob\" id=\"1\""));
}

static void test_report__makes_a_file_for_each_where_it_must(void **state)
{
	struct process process;
	json_auto_t *ada = NULL, *bob = NULL;

	(void)state;
	RUN(&process, "--format", "gradescope", "out/reports/ada.json",
	    "out/reports/bob.json");
	assert_refused(&process, "-o");
	RUN(&process, "--format", "gradescope", "-o", "scopes",
	    "out/reports/ada.json", "out/reports/bob.json");
	assert_status(&process, 0);
	process_release(&process);
	ada = scratch_json(home, "scopes/ada.gradescope.json");
	bob = scratch_json(home, "scopes/bob.gradescope.json");
	assert_true(json_number_value(json_object_get(ada, "score")) >
		    json_number_value(json_object_get(bob, "score")));
}

static void test_report__keeps_to_the_audience(void **state)
{
	json_auto_t *given = NULL;
	struct process process;

	(void)state;
	RUN(&process, "--format", "json", "--audience", "candidate",
	    "out/reports/ada.json");
	assert_status(&process, 0);
	given = scratch_parse(process.out);
	assert_null(json_object_get(given, "verdict"));
	process_release(&process);
	RUN(&process, "--audience", "everybody", "out/reports/ada.json");
	assert_refused(&process, "everybody");
}

static void test_report__makes_pages_and_an_index(void **state)
{
	AUTO_FREE char *index = NULL, *page = NULL;
	struct process process;

	(void)state;
	RUN(&process, "--format", "html", "-o", "pages", "out/reports/ada.json",
	    "out/reports/bob.json");
	assert_status(&process, 0);
	index = scratch_read(home, "pages/index.html");
	page = scratch_read(home, "pages/reports/bob.html");
	assert_non_null(strstr(index, "href=\"reports/ada.html\""));
	assert_non_null(strstr(page, "href=\"../index.html\""));
	assert_non_null(strstr(page, "the sum is that of all numbers added"));
	process_release(&process);
}

static void test_report__writes_feedback_without_an_index(void **state)
{
	AUTO_FREE char *page = NULL, *file = NULL;
	AUTO_FREE char *index = scratch_path(home, "fed/index.html");
	struct process process;

	(void)state;
	RUN(&process, "--format", "html", "--audience", "candidate", "-o",
	    "fed", "out/reports/ada.json", "out/reports/bob.json");
	assert_status(&process, 0);
	process_release(&process);
	page = scratch_read(home, "fed/reports/bob.html");
	assert_non_null(strstr(page, "Your feedback"));
	assert_null(strstr(page, "index.html"));
	assert_int_equal(access(index, F_OK), -1);
	RUN(&process, "--format", "html", "out/reports/bob.json", "-o",
	    "bob.html");
	assert_status(&process, 0);
	process_release(&process);
	file = scratch_read(home, "bob.html");
	assert_non_null(strstr(file, "</html>"));
}

/* ---- a folder of results ---- */

static void test_report__sums_a_folder_up(void **state)
{
	struct process process;

	(void)state;
	RUN(&process, "out");
	assert_status(&process, 0);
	assert_non_null(strstr(process.out, "\nada "));
	assert_non_null(strstr(process.out, "\nbob "));
	assert_null(strstr(process.out, "the sum is that of all"));
	process_release(&process);
	RUN(&process, "out", "out/reports/bob.json");
	assert_status(&process, 0);
	assert_non_null(strstr(process.out, "== out\n"));
	assert_non_null(strstr(process.out, "== out/reports/bob.json\n"));
	process_release(&process);
}

/* With --all, and to a candidate, whom others' results do not concern. */
static void test_report__tells_each_of_a_folder_when_asked(void **state)
{
	struct process process;

	(void)state;
	RUN(&process, "--all", "out");
	assert_status(&process, 0);
	assert_non_null(strstr(process.out, "== out/reports/ada.json\n"));
	assert_non_null(strstr(process.out, "== out/reports/bob.json\n"));
	process_release(&process);
	RUN(&process, "--audience", "candidate", "out");
	assert_status(&process, 0);
	assert_non_null(strstr(process.out, "== out/reports/bob.json\n"));
	process_release(&process);
}

static void test_report__makes_pages_of_a_folder(void **state)
{
	AUTO_FREE char *index = NULL, *page = NULL;
	struct process process;

	(void)state;
	RUN(&process, "--format", "html", "out", "-o", "site");
	assert_status(&process, 0);
	process_release(&process);
	index = scratch_read(home, "site/index.html");
	page = scratch_read(home, "site/reports/bob.html");
	assert_non_null(strstr(index, "href=\"reports/ada.html\""));
	RUN(&process, "--format", "csv", "out");
	assert_status(&process, 0);
	assert_non_null(strstr(process.out, "\nada,"));
	assert_non_null(strstr(process.out, "\nbob,"));
	process_release(&process);
}

static void test_report__stays_in_the_folder(void **state)
{
	AUTO_FREE char *text = scratch_read(home, "out/journal.jsonl");
	AUTO_FREE char *forged = NULL;
	AUTO_FREE char *folder = scratch_path(home, "forged");
	char *id = strstr(text, "\"id\":\"ada\"");
	struct process process;

	(void)state;
	assert_non_null(id);
	assert_int_equal(mkdir(folder, 0777), 0);
	forged = text_format("%.*s\"id\":\"../ada\"%s", (int)(id - text), text,
			     id + strlen("\"id\":\"ada\""));
	free(scratch_write(home, "forged/journal.jsonl", forged));
	RUN(&process, "--format", "csv", "forged");
	assert_refused(&process, "'../ada' is no submission's id");
}

/* ---- whether it is what the grader wrote ---- */

/* Verify @path: its one line begins with @line, and the status is @status. */
static void expect_verified(const char *path, const char *key, int status,
			    const char *line)
{
	struct process process;

	RUN(&process, "--verify", "--key", key, path);
	assert_status(&process, status);
	if (strncmp(process.out, line, strlen(line)) != 0)
		fail_msg("not '%s': %s", line, process.out);
	assert_string_equal(strchr(process.out, '\n'), "\n");
	process_release(&process);
}

#define GRADER "keys/grader.pub"

static void test_verify__knows_what_the_grader_wrote(void **state)
{
	(void)state;
	expect_verified("out/reports/ada.json", GRADER, 0,
			"out/reports/ada.json: fine\n");
}

/* A copy of ada's report, with @from replaced by @to. */
static void forge(const char *name, const char *from, const char *to)
{
	AUTO_FREE char *text = scratch_read(home, "out/reports/ada.json");
	char *found = strstr(text, from);
	AUTO_FREE char *forged = NULL;

	assert_non_null(found);
	forged = text_format("%.*s%s%s", (int)(found - text), text, to,
			     found + strlen(from));
	free(scratch_write(home, name, forged));
}

static void test_verify__names_a_tampered_report(void **state)
{
	(void)state;
	forge("ada.json", "\"status\": \"pass\"", "\"status\": \"fail\"");
	expect_verified("ada.json", GRADER, 1,
			"ada.json: tampered: changed since it was signed: ");
	forge("ada.json", "\"points\":", "\"points\": 1, \"points\":");
	expect_verified("ada.json", GRADER, 1, "ada.json: tampered: line ");
	forge("ada.json", "\"sequence\":", "\"sequence\": 9, \"was\":");
	expect_verified("ada.json", GRADER, 1,
			"ada.json: tampered: the signature itself");
	/* layout is not content */
	forge("ada.json", "{", "{ ");
	expect_verified("ada.json", GRADER, 0, "ada.json: fine");
}

static void test_verify__names_a_swapped_report(void **state)
{
	AUTO_FREE char *text = scratch_read(home, "out/reports/ada.json");

	(void)state;
	free(scratch_write(home, "bob.json", text));
	expect_verified("bob.json", GRADER, 1,
			"bob.json: swapped: this is the report of ada");
}

static void test_verify__names_a_truncated_report(void **state)
{
	AUTO_FREE char *text = scratch_read(home, "out/reports/ada.json");

	(void)state;
	text[strlen(text) / 2] = '\0';
	free(scratch_write(home, "ada.json", text));
	expect_verified("ada.json", GRADER, 1, "ada.json: truncated: line ");
	free(scratch_write(home, "ada.json", ""));
	expect_verified("ada.json", GRADER, 1, "ada.json: truncated: ");
}

static void test_verify__names_an_unsigned_report(void **state)
{
	json_auto_t *report = scratch_json(home, "out/reports/ada.json");
	AUTO_FREE char *text = NULL;

	(void)state;
	assert_int_equal(json_object_del(report, "signature"), 0);
	text = json_dumps(report, 0);
	free(scratch_write(home, "ada.json", text));
	expect_verified("ada.json", GRADER, 1, "ada.json: unsigned: ");
}

/* A candidate who grades with a key of their own. */
static void test_verify__names_another_key(void **state)
{
	struct process_options options = { .folder = home };
	AUTO_FREE char *exercises = counter_exercises(home);
	AUTO_FREE char *key = text_format("ASSAY_KEY=%s/keys/other", home);
	struct process process;

	(void)state;
	options.env[0] = exercises;
	options.env[1] = key;
	process_run(&process, &options, "assay", "grade", "--quiet",
		    "--exercise", COUNTER, "--out", "mine", "ada");
	assert_status(&process, 0);
	process_release(&process);
	expect_verified("mine/reports/ada.json", "keys/other.pub", 0,
			"mine/reports/ada.json: fine");
	expect_verified("mine/reports/ada.json", GRADER, 1,
			"mine/reports/ada.json: other key: ");
}

static void test_verify__takes_a_whole_folder(void **state)
{
	AUTO_FREE char *bob = scratch_path(home, "out/reports/bob.json");
	AUTO_FREE char *away = scratch_path(home, "away.json");
	struct process process;

	(void)state;
	RUN(&process, "--verify", "--key", GRADER, "out");
	assert_status(&process, 0);
	assert_non_null(strstr(process.out, "ada.json: fine\n"));
	assert_non_null(strstr(process.out, "bob.json: fine\n"));
	process_release(&process);
	assert_int_equal(rename(bob, away), 0);
	RUN(&process, "--verify", "--key", GRADER, "out");
	assert_status(&process, 1);
	assert_non_null(strstr(process.out, "bob.json: missing: "));
	process_release(&process);
	assert_int_equal(rename(away, bob), 0);
}

static void test_verify__wants_a_report_and_a_key(void **state)
{
	struct process process;

	(void)state;
	RUN(&process, "--verify", "--key", GRADER, "nowhere.json");
	assert_refused(&process, "nowhere.json");
	RUN(&process, "--verify", "--key", "nokey", "out/reports/ada.json");
	assert_refused(&process, "nokey");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_report__tells_a_report_as_check_does),
		cmocka_unit_test(test_report__says_which_of_several_it_is),
		cmocka_unit_test(test_report__gives_it_as_it_is),
		cmocka_unit_test(test_report__takes_nothing_that_is_no_report),
		cmocka_unit_test(test_report__speaks_other_programs_formats),
		cmocka_unit_test(test_report__puts_a_batch_into_one_document),
		cmocka_unit_test(
			test_report__makes_a_file_for_each_where_it_must),
		cmocka_unit_test(test_report__keeps_to_the_audience),
		cmocka_unit_test(test_report__sums_a_folder_up),
		cmocka_unit_test(
			test_report__tells_each_of_a_folder_when_asked),
		cmocka_unit_test(test_report__makes_pages_of_a_folder),
		cmocka_unit_test(test_report__stays_in_the_folder),
		cmocka_unit_test(test_verify__knows_what_the_grader_wrote),
		cmocka_unit_test(test_verify__names_a_tampered_report),
		cmocka_unit_test(test_verify__names_a_swapped_report),
		cmocka_unit_test(test_verify__names_a_truncated_report),
		cmocka_unit_test(test_verify__names_an_unsigned_report),
		cmocka_unit_test(test_verify__names_another_key),
		cmocka_unit_test(test_verify__takes_a_whole_folder),
		cmocka_unit_test(test_verify__wants_a_report_and_a_key),
		cmocka_unit_test(test_report__makes_pages_and_an_index),
		cmocka_unit_test(test_report__writes_feedback_without_an_index),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
