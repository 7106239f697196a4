/*
 * TAP 14: a subtest for each report, its diagnostics in YAML.
 *
 * Scalars are written as JSON writes strings, which YAML 1.2 reads. An
 * inconclusive test is "not ok": what nobody has seen pass has not passed.
 */
#include <assay/cleanup.h>

#include <string.h>

#include "format_parts.h"
#include "report_parts.h"
#include "text.h"

#define SUB "    " /* in front of what is of a subtest */

/* A description: one line, in which "#" begins no directive. */
static void description(FILE *out, const char *text)
{
	AUTO_FREE char *line = text_line(text);
	const char *c;

	for (c = line; *c; c++) {
		if (*c == '#' || *c == '\\')
			(void)fputc('\\', out);
		(void)fputc(*c, out);
	}
}

static void yaml_string(FILE *out, const char *key, const char *text)
{
	json_auto_t *string = report_text(text);

	(void)fprintf(out, SUB "  %s: ", key);
	(void)json_dumpf(string, out, JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
	(void)fputc('\n', out);
}

/* A block in which lines are as they are. */
static void yaml_lines(FILE *out, const char *key, const char *text)
{
	(void)fprintf(out, SUB "  %s: |2\n", key);
	while (*text) {
		int size = (int)strcspn(text, "\n");

		(void)fprintf(out, SUB "    %.*s\n", size, text);
		text += size;
		text += *text == '\n';
	}
}

static void diagnostics(FILE *out, const json_t *test)
{
	AUTO_FREE char *message = format_message(test);
	AUTO_FREE char *story = format_story(test);
	const char *property = format_string(test, "property");

	(void)fputs(SUB "  ---\n", out);
	yaml_string(out, "message", message);
	yaml_string(out, "severity", format_string(test, "status"));
	if (*property)
		yaml_string(out, "property", property);
	(void)fprintf(out, SUB "  points: %.10g\n" SUB "  maximum: %.10g\n",
		      format_number(test, "points"),
		      format_number(test, "maximum"));
	yaml_lines(out, "story", story);
	(void)fputs(SUB "  ...\n", out);
}

static bool is_ok(const json_t *test)
{
	enum format_outcome outcome = format_outcome(test);

	return outcome == FORMAT_PASSED || outcome == FORMAT_SKIPPED;
}

static void point(FILE *out, const json_t *test, size_t number)
{
	const char *title = format_string(test, "title");
	AUTO_FREE char *message = format_message(test);

	(void)fprintf(out, SUB "%sok %zu - ", is_ok(test) ? "" : "not ",
		      number);
	description(out, format_string(test, "id"));
	if (*title) {
		(void)fputs(": ", out);
		description(out, title);
	}
	if (format_outcome(test) == FORMAT_SKIPPED) {
		(void)fputs(" # SKIP ", out);
		description(out, message);
	}
	(void)fputc('\n', out);
	if (!is_ok(test))
		diagnostics(out, test);
}

static void subtest(FILE *out, const json_t *view, size_t number)
{
	const char *id = format_string(view, "submission.id");
	json_auto_t *obstacle = format_obstacle(view);
	const json_t *test;
	size_t i, count = 0;
	bool ok = !obstacle;

	(void)fputs("# Subtest: ", out);
	description(out, id);
	(void)fputc('\n', out);
	if (obstacle)
		point(out, obstacle, ++count);
	json_array_foreach (json_object_get(view, "tests"), i, test) {
		point(out, test, ++count);
		ok = ok && is_ok(test);
	}
	(void)fprintf(out, SUB "1..%zu%s\n%sok %zu - ", count,
		      count ? "" : " # SKIP nothing to run", ok ? "" : "not ",
		      number + 1);
	description(out, id);
	(void)fputc('\n', out);
}

static void tail(FILE *out, size_t count)
{
	(void)fprintf(out, "1..%zu\n", count);
}

const struct format format_tap = {
	.name = "tap",
	.suffix = ".tap",
	.together = true,
	.head = "TAP version 14\n",
	.between = "",
	.report = subtest,
	.tail = tail,
};
