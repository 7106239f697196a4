/*
 * summary_line.c - what the summary says of one report
 */
#include "summary.h"

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "report_member.h"
#include "report_parts.h"
#include "summary_parts.h"
#include "text.h"

static const char *string_in(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

void summary_points(const json_t *number, char text[SUMMARY_POINTS_MAX])
{
	text[0] = '\0';
	if (json_is_number(number))
		(void)snprintf(text, SUMMARY_POINTS_MAX, "%.10g",
			       json_number_value(number));
}

/* {category: points}, in the exercise's order. */
static json_t *categories_of(const json_t *score)
{
	json_t *categories = json_object(), *entry;
	size_t i;

	json_array_foreach (json_object_get(score, "categories"), i, entry) {
		const char *name = string_in(entry, "category");

		if (name)
			report_set(
				categories, name,
				report_value(json_object_get(entry, "points")));
	}
	return categories;
}

/* A skipped test is no news: the one it waited for is in the list. */
static json_t *failed_tests_of(const json_t *report)
{
	json_t *failed = json_array(), *test;
	size_t i;

	json_array_foreach (json_object_get(report, "tests"), i, test) {
		const char *status = string_in(test, "status");

		if (status && strcmp(status, "pass") != 0 &&
		    strcmp(status, "skipped") != 0)
			report_append(failed, report_value(json_object_get(
						      test, "id")));
	}
	return failed;
}

static const json_t *first_failed(const json_t *report)
{
	const json_t *test;
	size_t i;

	json_array_foreach (json_object_get(report, "tests"), i, test) {
		const char *status = string_in(test, "status");

		if (status && strcmp(status, "pass") != 0)
			return test;
	}
	return NULL;
}

/* " in run 8 of 10" of a test that is repeated, which ends with the first run
 * that does not pass; free() it. */
static char *which_run(const json_t *test)
{
	const json_t *repeat = json_object_get(test, "repeat");
	json_int_t ran = json_integer_value(json_object_get(repeat, "ran"));
	json_int_t of = json_integer_value(json_object_get(repeat, "of"));

	if (of <= 1 || ran == 0)
		return text_format("%s", "");
	return text_format(" in run %lld of %lld", ran, of);
}

/* In a few words why a submission did not pass: what its first failing test
 * ended in, or what is said of the whole. A rejected one has no tests that
 * could say more, one that does not compile has all of them skipped. */
static json_t *reason_of(const json_t *report, size_t failed)
{
	const json_t *test = first_failed(report);
	const char *message = string_in(report, "message");
	AUTO_FREE char *run = NULL;

	if (failed == 0 && message)
		return report_text(message);
	if (!test)
		return json_null();
	run = which_run(test);
	if (failed == 1)
		return json_sprintf("%s: %s%s", string_in(test, "id"),
				    string_in(test, "status"), run);
	return json_sprintf("%s: %s%s, and %zu more", string_in(test, "id"),
			    string_in(test, "status"), run, failed - 1);
}

json_t *summary_line(const json_t *report, const char *report_path)
{
	json_t *failed = failed_tests_of(report);
	const json_t *score = json_object_get(report, "score");
	json_t *line = json_object();

	report_set(line, "submission",
		   report_value(json_object_get(
			   json_object_get(report, "submission"), "id")));
	report_set(line, "exercise",
		   report_value(json_object_get(
			   json_object_get(report, "exercise"), "id")));
	report_set(line, "status",
		   report_value(json_object_get(score, "status")));
	report_set(line, "points",
		   report_value(json_object_get(score, "points")));
	report_set(line, "maximum",
		   report_value(json_object_get(score, "maximum")));
	report_set(line, "undecided",
		   report_value(json_object_get(score, "undecided")));
	report_set(line, "categories", categories_of(score));
	report_set(line, "reason", reason_of(report, json_array_size(failed)));
	report_set(line, "failed_tests", failed);
	report_set(line, "verdict_digest",
		   report_value(json_object_get(report, "verdict_digest")));
	report_set(line, "report", report_text(report_path));
	return line;
}
