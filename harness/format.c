#include "format_parts.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <assay/cleanup.h>

#include "explain_parts.h"
#include "report_parts.h"
#include "text.h"

#define LABEL_COLUMNS 8 /* of a test's status */
#define KEY_MAX 64

static const struct format *const formats[] = {
	&format_junit, &format_ctrf, &format_sarif, &format_gradescope,
	&format_tap,   &format_csv,  &format_html,
};

const char format_names[] = "html, junit, ctrf, sarif, gradescope, tap, csv";

const struct format *format_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof formats / sizeof *formats; i++)
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
	return NULL;
}

void format_write(const struct format *format, FILE *out, const json_t *view)
{
	(void)fputs(format->head, out);
	format->report(out, view, 0);
	format->tail(out, 1);
}

void format_no_tail(FILE *out, size_t count)
{
	(void)out;
	(void)count;
}

const json_t *format_value(const json_t *view, const char *path)
{
	while (view && *path) {
		size_t size = strcspn(path, ".");
		char key[KEY_MAX];

		CHECK(size < sizeof key);
		memcpy(key, path, size);
		key[size] = '\0';
		view = json_object_get(view, key);
		path += size + (path[size] == '.');
	}
	return view;
}

const char *format_string(const json_t *view, const char *path)
{
	const char *string = json_string_value(format_value(view, path));

	return string ? string : "";
}

double format_number(const json_t *view, const char *path)
{
	return json_number_value(format_value(view, path));
}

char *format_points(const json_t *view, const char *path)
{
	return text_format("%.10g", format_number(view, path));
}

enum format_outcome format_outcome(const json_t *test)
{
	const char *status = format_string(test, "status");

	if (strcmp(status, "pass") == 0)
		return FORMAT_PASSED;
	if (strcmp(status, "skipped") == 0)
		return FORMAT_SKIPPED;
	if (strcmp(status, "inconclusive") == 0)
		return FORMAT_BROKEN;
	return FORMAT_FAILED;
}

char *format_message(const json_t *test)
{
	static const char *const paths[] = { "message", "fault",
					     "evidence.detail", "property" };
	size_t i;

	if (format_outcome(test) == FORMAT_PASSED)
		return text_format("%s", "");
	for (i = 0; i < sizeof paths / sizeof *paths; i++) {
		const char *words = format_string(test, paths[i]);

		if (*words)
			return text_line(words);
	}
	return text_line(format_string(test, "status"));
}

char *format_story(const json_t *test)
{
	const char *told = format_string(test, "story");
	char *text = NULL;
	size_t size = 0;
	struct paper paper = paper_of(NULL, EXPLAIN_COLUMNS);

	if (*told)
		return text_format("%s", told);
	paper.out = open_memstream(&text, &size);
	ENOUGH(paper.out);
	paper.hidden = true; /* it is of a view */
	explain_test(&paper, test, LABEL_COLUMNS);
	text_stream_close(paper.out, &text);
	return text;
}

/* What the compiler said, a line each; else what the build printed. */
static char *build_story(const json_t *build)
{
	const json_t *diagnostics = json_object_get(build, "diagnostics");
	const json_t *diagnostic;
	char *text = NULL;
	size_t size = 0, i;
	FILE *out = open_memstream(&text, &size);

	ENOUGH(out);
	json_array_foreach (diagnostics, i, diagnostic) {
		AUTO_FREE char *file = text_line(
			format_string(diagnostic, "file"));
		AUTO_FREE char *words = text_line(
			format_string(diagnostic, "message"));

		(void)fprintf(out, "%s:%.0f:%.0f: %s: %s\n", file,
			      format_number(diagnostic, "line"),
			      format_number(diagnostic, "column"),
			      format_string(diagnostic, "kind"), words);
	}
	if (json_array_size(diagnostics) == 0)
		(void)fputs(format_string(build, "output"), out);
	text_stream_close(out, &text);
	return text;
}

static json_t *obstacle_new(const char *id, const char *status,
			    const char *message, const char *story)
{
	json_t *test = json_object();

	ENOUGH(test);
	report_set(test, "id", report_text(id));
	report_set(test, "title", report_text(id));
	report_set(test, "status", report_text(status));
	report_set(test, "message", report_text(message));
	report_set(test, "story", report_text(story));
	report_set(test, "visibility", report_text("public"));
	return test;
}

static json_t *failed_build(const json_t *view)
{
	const json_t *build;
	size_t i;

	json_array_foreach (json_object_get(view, "build"), i, build) {
		AUTO_FREE char *story = NULL, *message = NULL;

		if (!json_is_false(json_object_get(build, "ok")))
			continue;
		story = build_story(build);
		message = text_format("variant %s does not build",
				      format_string(build, "variant"));
		return obstacle_new("build", "build-error", message, story);
	}
	return NULL;
}

json_t *format_obstacle(const json_t *view)
{
	const char *status = format_string(view, "score.status");
	const char *reason = format_string(view, "submission.rejected.reason");
	json_t *build = NULL;

	if (strcmp(status, "rejected") == 0)
		return obstacle_new("submission", status, reason, reason);
	if (strcmp(status, "build-error") != 0)
		return NULL;
	build = failed_build(view);
	return build ? build
		     : obstacle_new("build", status,
				    format_string(view, "message"), "");
}

json_int_t format_started_ms(const json_t *view)
{
	const char *text = format_string(view, "timing.started");
	struct tm utc = { 0 };
	const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &utc);
	json_int_t seconds = rest ? (json_int_t)timegm(&utc) : 0;

	if (!rest)
		return 0;
	return seconds * 1000 +
	       (json_int_t)(*rest == '.' ? strtod(rest, NULL) * 1000 + 0.5 : 0);
}

void format_json(FILE *out, json_t *value)
{
	ENOUGH(value);
	CHECK(json_dumpf(value, out, JSON_COMPACT | JSON_REAL_PRECISION(15)) ==
	      0);
	json_decref(value);
}
