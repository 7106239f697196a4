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
#include <unistd.h>

#include <assay/cleanup.h>

#include "counter.h"
#include "process.h"
#include "scratch.h"

/* Made once: two submissions, graded in "out". */
static char *home;

static int set_up(void **state)
{
	struct process_options options = { 0 };
	AUTO_FREE char *exercises = NULL;
	struct process process;

	home = scratch_new();
	exercises = counter_exercises(home);
	counter_submission(home, "ada", COUNTER_RIGHT);
	counter_submission(home, "bob", COUNTER_WRONG);
	options.folder = home;
	options.env[0] = exercises;
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
	RUN(&process, "out");
	assert_refused(&process, "out");
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
		cmocka_unit_test(test_report__makes_pages_and_an_index),
		cmocka_unit_test(test_report__writes_feedback_without_an_index),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
