/*
 * What a regrade changed, for people. Submissions by the hundred change for
 * the same few causes, so each cause is explained once, at the end.
 */
#include "changes.h"

#include <stdlib.h>

#include <assay/cleanup.h>

#include "changes_parts.h"
#include "report_member.h"
#include "summary_parts.h"
#include "text.h"

#define TABLE_COLUMNS 80
#define ID_COLUMNS 28
#define OUTCOME_COLUMNS 18 /* "build-error 12/100" */
#define TESTS_NAMED_MAX 8  /* per submission */
#define DETAILS_MAX 12     /* per cause */

static void print_cell(FILE *out, const char *text, size_t columns)
{
	AUTO_FREE char *cell = text_fitted(text, columns);

	(void)fprintf(out, "%s%*s  ", cell, (int)(columns - text_columns(cell)),
		      "");
}

/* "fail 25/100" */
static char *outcome_text(const json_t *outcome)
{
	char points[SUMMARY_POINTS_MAX], maximum[SUMMARY_POINTS_MAX];

	if (!json_is_object(outcome))
		return text_format("-");
	summary_points(json_object_get(outcome, "points"), points);
	summary_points(json_object_get(outcome, "maximum"), maximum);
	return text_format("%s %s/%s", report_string(outcome, "status"), points,
			   maximum);
}

static void print_outcome(FILE *out, const json_t *entry, const char *key)
{
	AUTO_FREE char *text = outcome_text(json_object_get(entry, key));

	print_cell(out, text, OUTCOME_COLUMNS);
}

/* "exercise, toolchain" */
static char *cause_names(const json_t *entry)
{
	const json_t *cause;
	char *text = NULL;
	size_t size = 0, i;
	FILE *out = open_memstream(&text, &size);

	ENOUGH(out);
	json_array_foreach (json_object_get(entry, "causes"), i, cause)
		(void)fprintf(out, "%s%s", i ? ", " : "",
			      report_string(cause, "cause"));
	text_stream_close(out, &text);
	return text;
}

static void print_test(FILE *out, const json_t *test)
{
	const json_t *before = json_object_get(test, "before");
	const json_t *after = json_object_get(test, "after");
	const char *note = json_string_value(json_object_get(test, "note"));
	AUTO_FREE char *was = outcome_text(before), *is = outcome_text(after);
	AUTO_FREE char *text = NULL, *cell = NULL;

	if (!json_is_object(before))
		text = text_format("%s: %s, a new test",
				   report_string(test, "id"), is);
	else if (!json_is_object(after))
		text = text_format("%s: was %s, is no test any more",
				   report_string(test, "id"), was);
	else
		text = text_format("%s: %s, was %s%s%s",
				   report_string(test, "id"), is, was,
				   note ? "; " : "", note ? note : "");
	cell = text_fitted(text, TABLE_COLUMNS - 4);
	(void)fprintf(out, "    %s\n", cell);
}

static void print_tests(FILE *out, const json_t *tests)
{
	const json_t *test;
	size_t i;

	json_array_foreach (tests, i, test) {
		if (i == TESTS_NAMED_MAX) {
			(void)fprintf(out, "    and %zu more tests\n",
				      json_array_size(tests) - i);
			return;
		}
		print_test(out, test);
	}
}

static void print_entry(FILE *out, const json_t *entry, size_t id_columns,
			bool colour)
{
	AUTO_FREE char *names = cause_names(entry), *because = NULL;

	because = text_fitted(names, TABLE_COLUMNS - id_columns -
					     2 * OUTCOME_COLUMNS - 6);
	(void)fputs(colour ? "\033[1m" : "", out);
	print_cell(out, report_string(entry, "submission"), id_columns);
	(void)fputs(colour ? "\033[0m" : "", out);
	print_outcome(out, entry, "before");
	print_outcome(out, entry, "after");
	(void)fprintf(out, "%s\n", because);
	print_tests(out, json_object_get(entry, "tests"));
}

/* A detail in full, on as many lines as it takes. */
static void print_cause(FILE *out, const json_t *cause)
{
	AUTO_FREE char *detail = text_line(report_string(cause, "detail"));
	const char *rest = detail;
	const char *name = report_string(cause, "cause");

	do {
		size_t size = text_fit(rest, TABLE_COLUMNS - 12);

		(void)fprintf(out, "%-10s  %.*s\n", name, (int)size, rest);
		rest += size;
		name = "";
	} while (*rest);
}

void changes_print_entry(const json_t *entry, FILE *out, bool colour)
{
	AUTO_FREE char *id = text_fitted(report_string(entry, "submission"),
					 ID_COLUMNS);
	AUTO_FREE char *before = outcome_text(json_object_get(entry, "before"));
	AUTO_FREE char *now = outcome_text(json_object_get(entry, "after"));
	const json_t *cause;
	size_t i;

	(void)fprintf(out, "%s%s%s: %s, was %s\n", colour ? "\033[1m" : "", id,
		      colour ? "\033[0m" : "", now, before);
	print_tests(out, json_object_get(entry, "tests"));
	json_array_foreach (json_object_get(entry, "causes"), i, cause)
		print_cause(out, cause);
}

static size_t widest_id(const json_t *entries)
{
	size_t columns = strlen("submission"), i;
	const json_t *entry;

	json_array_foreach (entries, i, entry) {
		AUTO_FREE char *line = text_line(
			report_string(entry, "submission"));

		if (text_columns(line) > columns)
			columns = text_columns(line);
	}
	return columns < ID_COLUMNS ? columns : ID_COLUMNS;
}

/* {NAME: {DETAIL: how many changed for it}} */
static json_t *details_of(const json_t *entries)
{
	json_t *names = json_object();
	const json_t *entry, *cause;
	size_t i, j;

	json_array_foreach (entries, i, entry) {
		if (!json_is_true(json_object_get(entry, "changed")))
			continue;
		json_array_foreach (json_object_get(entry, "causes"), j,
				    cause) {
			const char *name = report_string(cause, "cause");
			const char *detail = report_string(cause, "detail");
			json_t *details = json_object_get(names, name);

			if (!details) {
				details = json_object();
				CHECK(json_object_set_new(names, name,
							  details) == 0);
			}
			CHECK(json_object_set_new(
				      details, detail,
				      json_integer(
					      json_integer_value(
						      json_object_get(details,
								      detail)) +
					      1)) == 0);
		}
	}
	return names;
}

static void print_details(FILE *out, const char *name, json_t *details)
{
	const char *detail;
	json_t *count;
	size_t shown = 0;

	json_object_foreach (details, detail, count) {
		AUTO_FREE char *cell = NULL;

		if (shown++ == DETAILS_MAX) {
			(void)fprintf(
				out, "            %zu more; see changes.json\n",
				json_object_size(details) - DETAILS_MAX);
			return;
		}
		cell = text_fitted(detail, TABLE_COLUMNS - 20);
		(void)fprintf(out, "%-10s  %6lld  %s\n", name,
			      json_integer_value(count), cell);
	}
}

void changes_print(const json_t *entries, FILE *out, bool colour)
{
	size_t id_columns = widest_id(entries), i;
	json_auto_t *totals = changes_totals(entries);
	json_auto_t *causes = details_of(entries);
	json_t *entry, *details;
	bool any = false;
	const char *name;

	json_array_foreach (entries, i, entry) {
		if (!json_is_true(json_object_get(entry, "changed")))
			continue;
		if (!any) {
			print_cell(out, "submission", id_columns);
			print_cell(out, "before", OUTCOME_COLUMNS);
			print_cell(out, "after", OUTCOME_COLUMNS);
			(void)fputs("because of\n", out);
		}
		any = true;
		print_entry(out, entry, id_columns, colour);
	}
	(void)fprintf(
		out, "%lld of %lld submissions changed\n",
		json_integer_value(json_object_get(totals, "changed")),
		json_integer_value(json_object_get(totals, "submissions")));
	json_object_foreach (causes, name, details)
		print_details(out, name, details);
}
