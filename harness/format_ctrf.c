/*
 * CTRF, the Common Test Report Format: one document for each report.
 *
 * An inconclusive test is "other": neither passed nor failed.
 */
#include <string.h>

#include <assay/cleanup.h>

#include "format_parts.h"
#include "report_parts.h"
#include "text.h"
#include "version.h"

#define SPECIFICATION "0.0.0" /* the only one that there is */

static const char *status_of(const json_t *test)
{
	static const char *const names[] = {
		[FORMAT_PASSED] = "passed",
		[FORMAT_FAILED] = "failed",
		[FORMAT_SKIPPED] = "skipped",
		[FORMAT_BROKEN] = "other",
	};

	return names[format_outcome(test)];
}

static json_t *whole(double number)
{
	return json_integer((json_int_t)(number + 0.5));
}

static void set_words(json_t *object, const char *key, const char *words)
{
	if (*words)
		report_set(object, key, report_text(words));
}

/* "suite": from the outermost on. */
static json_t *suite_of(const json_t *view, const json_t *test)
{
	json_t *suite = json_array();
	const char *paths[] = { format_string(view, "exercise.id"),
				format_string(view, "submission.id"),
				format_string(test, "category") };
	size_t i;

	for (i = 0; i < sizeof paths / sizeof *paths; i++)
		if (*paths[i])
			report_append(suite, report_text(paths[i]));
	return suite;
}

static json_t *lines_of(const char *text)
{
	json_t *lines = json_array();

	while (*text) {
		size_t size = strcspn(text, "\n");
		AUTO_FREE char *line = text_format("%.*s", (int)size, text);

		report_append(lines, report_text(line));
		text += size + (text[size] == '\n');
	}
	return lines;
}

static json_t *extra_of(const json_t *test)
{
	static const char *const keys[] = { "title",  "property", "visibility",
					    "points", "maximum",  "measured",
					    "repeat", "seed",     "replay" };
	json_t *extra = json_object();
	size_t i;

	for (i = 0; i < sizeof keys / sizeof *keys; i++) {
		json_t *value = json_object_get(test, keys[i]);

		if (value && !json_is_null(value))
			report_set(extra, keys[i], json_incref(value));
	}
	return extra;
}

static json_t *test_new(const json_t *view, const json_t *test)
{
	AUTO_FREE char *message = format_message(test);
	json_t *object = json_object();
	const char *output = format_string(test, "output");

	report_set(object, "name", report_text(format_string(test, "id")));
	report_set(object, "status", report_text(status_of(test)));
	report_set(object, "duration",
		   whole(format_number(test, "resources.wall_ms")));
	report_set(object, "suite", suite_of(view, test));
	set_words(object, "rawStatus", format_string(test, "status"));
	set_words(object, "message", message);
	if (format_outcome(test) == FORMAT_FAILED ||
	    format_outcome(test) == FORMAT_BROKEN) {
		AUTO_FREE char *story = format_story(test);

		set_words(object, "trace", story);
	}
	if (*output)
		report_set(object, "stdout", lines_of(output));
	if (format_number(test, "retries") > 0)
		report_set(object, "retries",
			   whole(format_number(test, "retries")));
	report_set(object, "extra", extra_of(test));
	return object;
}

static size_t count(const json_t *tests, const char *status)
{
	const json_t *test;
	size_t i, found = 0;

	json_array_foreach (tests, i, test)
		found += strcmp(format_string(test, "status"), status) == 0;
	return found;
}

static json_t *summary_of(const json_t *view, const json_t *tests)
{
	static const char *const names[] = { "passed", "failed", "skipped",
					     "pending", "other" };
	json_int_t started = format_started_ms(view);
	double wall_ms = format_number(view, "timing.wall_ms");
	json_t *summary = json_object();
	size_t i;

	report_set(summary, "tests", report_count(json_array_size(tests)));
	for (i = 0; i < sizeof names / sizeof *names; i++)
		report_set(summary, names[i],
			   report_count(count(tests, names[i])));
	report_set(summary, "start", json_integer(started));
	report_set(summary, "stop",
		   json_integer(started + (json_int_t)(wall_ms + 0.5)));
	report_set(summary, "extra",
		   json_pack("{ss, sf, sf}", "status",
			     format_string(view, "score.status"), "points",
			     format_number(view, "score.points"), "maximum",
			     format_number(view, "score.maximum")));
	return summary;
}

static json_t *environment_of(const json_t *view)
{
	json_t *environment = json_object(), *extra = json_object();
	static const char *const keys[] = { "compiler", "libc", "machine" };
	size_t i;

	set_words(environment, "appName", format_string(view, "exercise.id"));
	set_words(environment, "appVersion",
		  format_string(view, "exercise.version"));
	set_words(environment, "osRelease",
		  format_string(view, "environment.kernel"));
	for (i = 0; i < sizeof keys / sizeof *keys; i++)
		set_words(extra, keys[i],
			  format_string(format_value(view, "environment"),
					keys[i]));
	set_words(extra, "submission", format_string(view, "submission.id"));
	set_words(extra, "submission_digest",
		  format_string(view, "submission.digest"));
	report_set(environment, "extra", extra);
	return environment;
}

static json_t *tests_of(const json_t *view)
{
	json_auto_t *obstacle = format_obstacle(view);
	json_t *tests = json_array();
	const json_t *test;
	size_t i;

	ENOUGH(tests);
	if (obstacle)
		report_append(tests, test_new(view, obstacle));
	json_array_foreach (json_object_get(view, "tests"), i, test)
		report_append(tests, test_new(view, test));
	return tests;
}

static void document(FILE *out, const json_t *view, size_t number)
{
	json_t *object = json_object(), *results = json_object();
	json_t *tests = tests_of(view);

	(void)number;
	report_set(object, "reportFormat", report_text("CTRF"));
	report_set(object, "specVersion", report_text(SPECIFICATION));
	set_words(object, "timestamp", format_string(view, "timing.started"));
	report_set(object, "generatedBy", report_text("assay " ASSAY_VERSION));
	report_set(results, "tool",
		   json_pack("{ss, ss}", "name", "assay", "version",
			     ASSAY_VERSION));
	report_set(results, "summary", summary_of(view, tests));
	report_set(results, "tests", tests);
	report_set(results, "environment", environment_of(view));
	report_set(object, "results", results);
	format_json(out, object);
	(void)fputc('\n', out);
}

const struct format format_ctrf = {
	.name = "ctrf",
	.suffix = ".ctrf.json",
	.together = false,
	.head = "",
	.between = "",
	.report = document,
	.tail = format_no_tail,
};
