#include "summary.h"

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>
#include <assay/verdict.h>

#include "report.h"
#include "report_file.h"
#include "report_parts.h"
#include "summary_parts.h"
#include "text.h"

#define SUMMARY_VERSION 1

struct summary {
	json_t **lines; /* as summary.json has them */
	size_t count;
	size_t room;
};

/* What a batch comes to. */
struct totals {
	size_t statuses[VERDICT_MAX];
	size_t undecided; /* submissions that have points nobody decided */
};

struct summary *summary_new(void)
{
	struct summary *summary = calloc(1, sizeof *summary);

	ENOUGH(summary);
	return summary;
}

void summary_free(struct summary *summary)
{
	size_t i;

	if (!summary)
		return;
	for (i = 0; i < summary->count; i++)
		json_decref(summary->lines[i]);
	free(summary->lines);
	free(summary);
}

static const char *string_in(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
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

/* In a few words why a submission did not pass: what its first failing test
 * ended in, or what is said of the whole. A rejected one has no tests that
 * could say more, one that does not compile has all of them skipped. */
static json_t *reason_of(const json_t *report, size_t failed)
{
	const json_t *test = first_failed(report);
	const char *message = string_in(report, "message");

	if (failed == 0 && message)
		return report_text(message);
	if (!test)
		return json_null();
	if (failed == 1)
		return json_sprintf("%s: %s", string_in(test, "id"),
				    string_in(test, "status"));
	return json_sprintf("%s: %s, and %zu more", string_in(test, "id"),
			    string_in(test, "status"), failed - 1);
}

void summary_add(struct summary *summary, const json_t *report,
		 const char *report_path)
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
	if (summary->count == summary->room) {
		summary->room = summary->room ? summary->room * 2 : 64;
		summary->lines = reallocarray(summary->lines, summary->room,
					      sizeof(json_t *));
		ENOUGH(summary->lines);
	}
	summary->lines[summary->count++] = line;
}

const char *summary_string(const json_t *line, const char *key,
			   const char *otherwise)
{
	const char *string = string_in(line, key);

	return string ? string : otherwise;
}

/* "62", "66.667", or nothing. */
void summary_points(const json_t *number, char text[SUMMARY_POINTS_MAX])
{
	text[0] = '\0';
	if (json_is_number(number))
		(void)snprintf(text, SUMMARY_POINTS_MAX, "%.10g",
			       json_number_value(number));
}

struct ranked {
	json_t *line;
	size_t added; /* which one it was: equal ids stay in this order */
};

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	int order = strcmp(summary_string(x->line, "submission", ""),
			   summary_string(y->line, "submission", ""));

	if (order != 0)
		return order;
	return x->added < y->added ? -1 : 1;
}

/* The lines by submission id, an array to be given back. */
static json_t *sorted_lines(const struct summary *summary)
{
	struct ranked *ranked = calloc(summary->count + 1, sizeof *ranked);
	json_t *lines = json_array();
	size_t i;

	ENOUGH(ranked);
	for (i = 0; i < summary->count; i++)
		ranked[i] = (struct ranked){ summary->lines[i], i };
	qsort(ranked, summary->count, sizeof *ranked, compare_ranked);
	for (i = 0; i < summary->count; i++)
		report_append(lines, json_incref(ranked[i].line));
	free(ranked);
	return lines;
}

static struct totals totals_of(const struct summary *summary)
{
	struct totals totals = { .undecided = 0 };
	size_t i;

	for (i = 0; i < summary->count; i++) {
		const json_t *line = summary->lines[i];
		const char *status = summary_string(line, "status", "");
		enum verdict verdict;

		for (verdict = VERDICT_PASS; verdict < VERDICT_MAX; verdict++)
			if (strcmp(status, verdict_name(verdict)) == 0)
				totals.statuses[verdict]++;
		if (json_number_value(json_object_get(line, "undecided")) > 0)
			totals.undecided++;
	}
	return totals;
}

/* Of those that could be decided; below 0 when there are none. */
static double pass_rate(const struct summary *summary,
			const struct totals *totals)
{
	size_t decided = summary->count -
			 totals->statuses[VERDICT_INCONCLUSIVE];

	if (decided == 0)
		return -1;
	return (double)totals->statuses[VERDICT_PASS] / (double)decided;
}

static json_t *totals_json(const struct summary *summary)
{
	struct totals totals = totals_of(summary);
	double rate = pass_rate(summary, &totals);
	json_t *object = json_object(), *statuses = json_object();
	enum verdict verdict;

	for (verdict = VERDICT_PASS; verdict < VERDICT_MAX; verdict++)
		if (totals.statuses[verdict] > 0)
			report_set(statuses, verdict_name(verdict),
				   report_count(totals.statuses[verdict]));
	report_set(object, "submissions", report_count(summary->count));
	report_set(object, "statuses", statuses);
	report_set(object, "pass_rate",
		   rate < 0 ? json_null() : report_decimal(rate));
	report_set(object, "undecided", report_count(totals.undecided));
	return object;
}

int summary_write(const struct summary *summary, const char *dir,
		  struct error *err)
{
	AUTO_FREE char *json_path = text_format("%s/summary.json", dir);
	AUTO_FREE char *csv_path = text_format("%s/summary.csv", dir);
	json_t *lines = sorted_lines(summary);
	AUTO_FREE char *csv = summary_csv(lines);
	json_auto_t *document = json_object();
	int r;

	report_set(document, "summary_version", json_integer(SUMMARY_VERSION));
	report_set(document, "totals", totals_json(summary));
	report_set(document, "submissions", lines);
	r = report_write(document, json_path, err);
	if (r < 0)
		return r;
	return report_file_replace(csv_path, csv, strlen(csv), err);
}

void summary_print(const struct summary *summary, FILE *out, bool colour)
{
	json_auto_t *lines = sorted_lines(summary);
	json_auto_t *totals = totals_json(summary);

	summary_table(lines, totals, out, colour);
}
