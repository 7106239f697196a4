/*
 * JUnit XML as Jenkins reads it: a suite for each report.
 *
 * A failure is the candidate's, an error is the host's.
 */
#include <string.h>

#include <assay/cleanup.h>

#include "format_parts.h"
#include "text.h"
#include "xml.h"

struct counts {
	size_t tests, failures, errors, skipped;
};

static void count(struct counts *counts, const json_t *test)
{
	enum format_outcome outcome = format_outcome(test);

	counts->tests++;
	counts->failures += outcome == FORMAT_FAILED;
	counts->errors += outcome == FORMAT_BROKEN;
	counts->skipped += outcome == FORMAT_SKIPPED;
}

static struct counts counts_of(const json_t *view, const json_t *obstacle)
{
	struct counts counts = { 0 };
	const json_t *test;
	size_t i;

	if (obstacle)
		count(&counts, obstacle);
	json_array_foreach (json_object_get(view, "tests"), i, test)
		count(&counts, test);
	return counts;
}

static void attribute_count(FILE *out, const char *name, size_t number)
{
	(void)fprintf(out, " %s=\"%zu\"", name, number);
}

static void attribute_seconds(FILE *out, double ms)
{
	(void)fprintf(out, " time=\"%.3f\"", ms / 1000);
}

static void property(FILE *out, const char *name, const char *value)
{
	(void)fputs("   <property", out);
	xml_attribute(out, "name", name);
	xml_attribute(out, "value", value);
	(void)fputs("/>\n", out);
}

static void properties(FILE *out, const json_t *view)
{
	AUTO_FREE char *points = format_points(view, "score.points");
	AUTO_FREE char *maximum = format_points(view, "score.maximum");

	(void)fputs("  <properties>\n", out);
	property(out, "status", format_string(view, "score.status"));
	property(out, "points", points);
	property(out, "maximum", maximum);
	if (*format_string(view, "exercise.version"))
		property(out, "exercise.version",
			 format_string(view, "exercise.version"));
	if (*format_string(view, "verdict_digest"))
		property(out, "verdict_digest",
			 format_string(view, "verdict_digest"));
	(void)fputs("  </properties>\n", out);
}

static void outcome(FILE *out, const json_t *test, const char *element)
{
	AUTO_FREE char *message = format_message(test);
	AUTO_FREE char *story = format_story(test);

	(void)fprintf(out, "   <%s", element);
	xml_attribute(out, "type", format_string(test, "status"));
	xml_attribute(out, "message", message);
	(void)fputc('>', out);
	xml_text(out, story);
	(void)fprintf(out, "</%s>\n", element);
}

static void testcase(FILE *out, const json_t *test, const char *exercise)
{
	AUTO_FREE char *message = format_message(test);
	const char *output = format_string(test, "output");

	(void)fputs("  <testcase", out);
	xml_attribute(out, "name", format_string(test, "id"));
	xml_attribute(out, "classname", exercise);
	attribute_seconds(out, format_number(test, "resources.wall_ms"));
	(void)fputs(">\n", out);
	switch (format_outcome(test)) {
	case FORMAT_PASSED:
		break;
	case FORMAT_SKIPPED:
		(void)fputs("   <skipped>", out);
		xml_text(out, message);
		(void)fputs("</skipped>\n", out);
		break;
	case FORMAT_BROKEN:
		outcome(out, test, "error");
		break;
	case FORMAT_FAILED:
		outcome(out, test, "failure");
		break;
	}
	if (*output) {
		(void)fputs("   <system-out>", out);
		xml_text(out, output);
		(void)fputs("</system-out>\n", out);
	}
	(void)fputs("  </testcase>\n", out);
}

static void suite(FILE *out, const json_t *view, size_t number)
{
	json_auto_t *obstacle = format_obstacle(view);
	struct counts counts = counts_of(view, obstacle);
	const char *exercise = format_string(view, "exercise.id");
	const char *started = format_string(view, "timing.started");
	const json_t *test;
	size_t i;

	(void)fputs(" <testsuite", out);
	xml_attribute(out, "name", format_string(view, "submission.id"));
	attribute_count(out, "id", number);
	xml_attribute(out, "package", exercise);
	attribute_count(out, "tests", counts.tests);
	attribute_count(out, "failures", counts.failures);
	attribute_count(out, "errors", counts.errors);
	attribute_count(out, "skipped", counts.skipped);
	attribute_seconds(out, format_number(view, "timing.wall_ms"));
	if (*started)
		xml_attribute(out, "timestamp", started);
	(void)fputs(">\n", out);
	properties(out, view);
	if (obstacle)
		testcase(out, obstacle, exercise);
	json_array_foreach (json_object_get(view, "tests"), i, test)
		testcase(out, test, exercise);
	(void)fputs(" </testsuite>\n", out);
}

static void tail(FILE *out, size_t reports)
{
	(void)reports;
	(void)fputs("</testsuites>\n", out);
}

const struct format format_junit = {
	.name = "junit",
	.suffix = ".xml",
	.together = true,
	.head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n",
	.between = "",
	.report = suite,
	.tail = tail,
};
