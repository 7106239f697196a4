/*
 * A grader's batch: many submissions in, a report for each and a summary out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <assay/cleanup.h>

#include "process.h"
#include "scratch.h"
#include "text.h"

#define EXERCISE "exercises/" BOUNDED_QUEUE
#define SOLUTION EXERCISE "/solution/c"
#define STARTER EXERCISE "/starter/c"
#define HOSTILE "tests/hostile/submissions/"
#define ARGS_MAX 24

/* Grade @arguments (options and names in @scratch) into @scratch/@out. */
static void grade(const char *scratch, const char *out,
		  const char *const *arguments)
{
	const struct process_options inside = { .folder = scratch };
	const char *argv[ARGS_MAX] = { "assay", "grade", "--quiet", "--out",
				       out };
	struct process process;
	size_t used = 5;

	while (*arguments && used < ARGS_MAX - 1)
		argv[used++] = *arguments++;
	process_start(&process, argv, &inside);
	process_wait(&process);
	assert_status(&process, 0);
	process_release(&process);
}

#define GRADE(scratch, out, ...) \
	grade(scratch, out, (const char *[]){ __VA_ARGS__, NULL })

static json_t *report(const char *scratch, const char *out, const char *id)
{
	AUTO_FREE char *name = text_format("%s/reports/%s.json", out, id);

	return scratch_json(scratch, name);
}

static double points(const json_t *document)
{
	return json_value(json_object_get(document, "score"), "points");
}

static const char *status(const json_t *document)
{
	return json_text(json_object_get(document, "score"), "status");
}

static void assert_same_digest(const json_t *one, const json_t *other)
{
	assert_string_equal(json_text(one, "verdict_digest"),
			    json_text(other, "verdict_digest"));
}

/* As anybody may who gets a report: with a validator that is not ours. */
static void assert_valid(const char *scratch, const char *pattern)
{
	static const char validate[] =
		"import glob, json, sys, jsonschema\n"
		"schema = json.load(open(sys.argv[1]))\n"
		"jsonschema.Draft202012Validator.check_schema(schema)\n"
		"paths = glob.glob(sys.argv[2])\n"
		"assert paths\n"
		"for path in paths:\n"
		"    jsonschema.validate(json.load(open(path)), schema)\n";
	AUTO_FREE char *schema = source_path(
		"harness/schema/report.schema.json");
	AUTO_FREE char *paths = scratch_path(scratch, pattern);
	struct process process;

	process_run(&process, NULL, "/usr/bin/python3", "-c", validate, schema,
		    paths);
	assert_status(&process, 0);
	process_release(&process);
}

static void
test_grade__the_reference_gets_all_and_the_starter_nothing(void **state)
{
	json_t *reference, *starter;

	free(scratch_submission(*state, "ada", SOLUTION));
	free(scratch_submission(*state, "bob", STARTER));
	GRADE(*state, "out", "--hidden", "secret", "ada", "bob");
	reference = report(*state, "out", "ada");
	starter = report(*state, "out", "bob");
	assert_string_equal(status(reference), "pass");
	assert_int_equal(points(reference), 100);
	assert_string_equal(status(starter), "fail");
	assert_int_equal(points(starter), 0);
	assert_valid(*state, "out/reports/*.json");
	json_decref(reference);
	json_decref(starter);
}

/* What surrounds a submission in its batch changes nothing about it. */
static void test_grade__hostile_neighbours_change_nothing(void **state)
{
	static const char *const hostile[] = {
		"fork-bomb",    "memory-bomb",    "output-flood",
		"include-zero", "forged-verdict", "host-reader"
	};
	json_t *alone, *first, *last, *reader;
	size_t i;

	for (i = 0; i < sizeof hostile / sizeof *hostile; i++) {
		AUTO_FREE char *layer = text_format(HOSTILE "%s", hostile[i]);

		free(scratch_submission(*state, hostile[i], layer));
	}
	free(scratch_submission(*state, "ada", SOLUTION));
	free(scratch_submission(*state, "zoe", SOLUTION));
	GRADE(*state, "alone", "ada");
	GRADE(*state, "out", "--jobs", "2", "ada", hostile[0], hostile[1],
	      hostile[2], hostile[3], hostile[4], hostile[5], "zoe");
	alone = report(*state, "alone", "ada");
	first = report(*state, "out", "ada");
	last = report(*state, "out", "zoe");
	reader = report(*state, "out", "host-reader");
	assert_string_equal(status(first), "pass");
	assert_same_digest(first, last);
	assert_same_digest(first, alone);
	/* it prints whatever it could read */
	assert_true(json_is_null(
		json_object_get(report_test(reader, "sequential"), "output")));
	assert_valid(*state, "out/reports/*.json");
	json_decref(alone);
	json_decref(first);
	json_decref(last);
	json_decref(reader);
}

static void
test_grade__a_secret_is_made_once_and_decides_the_seeds(void **state)
{
	AUTO_FREE char *secret = scratch_path(*state, "secret");
	AUTO_FREE char *made = NULL, *kept = NULL;
	json_t *one, *same, *other;
	struct stat mode;

	free(scratch_submission(*state, "bob", STARTER));
	GRADE(*state, "one", "--hidden", "secret", "bob");
	assert_int_equal(stat(secret, &mode), 0);
	assert_int_equal(mode.st_mode & 0777, 0600);
	made = scratch_read(*state, "secret");
	GRADE(*state, "same", "--hidden", "secret", "bob");
	kept = scratch_read(*state, "secret");
	assert_string_equal(made, kept);
	GRADE(*state, "other", "--hidden", "another", "bob");

	one = report(*state, "one", "bob");
	same = report(*state, "same", "bob");
	other = report(*state, "other", "bob");
	assert_same_digest(one, same);
	assert_true(json_value(report_test(one, "close-hidden"), "seed") ==
		    json_value(report_test(same, "close-hidden"), "seed"));
	assert_true(json_value(report_test(one, "close-hidden"), "seed") !=
		    json_value(report_test(other, "close-hidden"), "seed"));
	assert_true(json_value(report_test(one, "close"), "seed") ==
		    json_value(report_test(other, "close"), "seed"));
	json_decref(one);
	json_decref(same);
	json_decref(other);
}

/* Two candidates handed in files of the same name. */
static void test_grade__two_of_a_name_get_a_report_each(void **state)
{
	AUTO_FREE char *here = scratch_path(*state, "here");
	AUTO_FREE char *there = scratch_path(*state, "there");
	json_t *one, *two;

	assert_int_equal(mkdir(here, 0755), 0);
	assert_int_equal(mkdir(there, 0755), 0);
	free(scratch_submission(here, "queue", STARTER));
	free(scratch_submission(there, "queue", HOSTILE "include-host"));
	GRADE(*state, "out", "here/queue", "there/queue");
	one = report(*state, "out", "queue");
	two = report(*state, "out", "queue-2");
	assert_string_equal(status(one), "fail");
	assert_string_equal(status(two), "build-error");
	json_decref(one);
	json_decref(two);
}

static void test_grade__writes_summaries_that_agree(void **state)
{
	const struct process_options inside = { .folder = *state };
	AUTO_FREE char *csv = NULL;
	struct process process;
	json_t *printed, *summary;
	const json_t *list;
	size_t i, lines = 0;

	free(scratch_submission(*state, "bob", STARTER));
	free(scratch_submission(*state, "eve", HOSTILE "include-host"));
	process_run(&process, &inside, "assay", "grade", "--json", "--quiet",
		    "--out", "out", "bob", "eve");
	assert_status(&process, 0);
	printed = scratch_parse(process.out);
	summary = scratch_json(*state, "out/summary.json");
	assert_true(json_equal(printed, summary));
	list = json_object_get(summary, "submissions");
	assert_int_equal(json_array_size(list), 2);
	csv = scratch_read(*state, "out/summary.csv");
	for (i = 0; csv[i]; i++)
		lines += csv[i] == '\n';
	assert_int_equal(lines, 3);
	assert_non_null(strstr(csv, "bob"));
	assert_non_null(strstr(csv, "build-error"));
	json_decref(printed);
	json_decref(summary);
	process_release(&process);
}

static void test_grade__shows_one_line_of_progress_for_each(void **state)
{
	const struct process_options inside = { .folder = *state };
	struct process process;

	free(scratch_submission(*state, "bob", STARTER));
	process_run(&process, &inside, "assay", "grade", "--out", "out", "bob");
	assert_status(&process, 0);
	assert_string_equal(process.err, "1/1 bob: fail\n");
	process_release(&process);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_grade__the_reference_gets_all_and_the_starter_nothing),
		TEST(test_grade__hostile_neighbours_change_nothing),
		TEST(test_grade__a_secret_is_made_once_and_decides_the_seeds),
		TEST(test_grade__two_of_a_name_get_a_report_each),
		TEST(test_grade__writes_summaries_that_agree),
		TEST(test_grade__shows_one_line_of_progress_for_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
