/*
 * Places are collected as {file: {line: true}}; what is near one of them is
 * then taken from the files, or from excerpts that were taken before.
 */
#include "report_excerpts.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "report_parts.h"
#include "text.h"

static void want_line(json_t *lines, json_int_t line)
{
	AUTO_FREE char *key = text_format("%lld", line);

	report_set(lines, key, json_true());
}

/* {"file","line"} of anything, and the lines around it. */
static void want(json_t *places, const json_t *place)
{
	const char *file = json_string_value(json_object_get(place, "file"));
	json_int_t line = json_integer_value(json_object_get(place, "line"));
	json_t *lines;
	json_int_t near;

	if (!file || line <= 0 || *file == '/')
		return;
	lines = json_object_get(places, file);
	if (!lines) {
		lines = json_object();
		report_set(places, file, lines);
	}
	for (near = line - EXCERPT_AROUND; near <= line + EXCERPT_AROUND;
	     near++)
		if (near > 0)
			want_line(lines, near);
}

static void want_frames(json_t *places, const json_t *frames)
{
	json_t *frame;
	size_t i;

	json_array_foreach (frames, i, frame)
		want(places, frame);
}

static void want_test(json_t *places, const json_t *test)
{
	json_t *part, *stack;
	size_t i, j;

	json_array_foreach (json_object_get(test, "races"), i, part) {
		want(places, part);
		json_array_foreach (json_object_get(part, "stacks"), j, stack)
			want_frames(places, json_object_get(stack, "frames"));
	}
	json_array_foreach (json_object_get(test, "threads"), i, part) {
		want_frames(places, json_object_get(part, "frames"));
		want(places, json_object_get(json_object_get(part, "waits"),
					     "taken_at"));
	}
}

static json_t *places_of(const json_t *report)
{
	json_t *places = json_object(), *part;
	size_t i;

	ENOUGH(places);
	json_array_foreach (json_object_get(report, "build"), i, part)
		want_frames(places, json_object_get(part, "diagnostics"));
	json_array_foreach (json_object_get(report, "tests"), i, part)
		want_test(places, part);
	return places;
}

static bool is_wanted(const json_t *lines, json_int_t line)
{
	AUTO_FREE char *key = text_format("%lld", line);

	return json_object_get(lines, key) != NULL;
}

static void take_line(json_t *excerpts, const char *file, json_int_t line,
		      const char *text)
{
	AUTO_FREE char *clean = text_clean(text, strlen(text),
					   EXCERPT_LINE_MAX);
	json_t *excerpt = json_object();

	ENOUGH(excerpt);
	report_set(excerpt, "file", report_text(file));
	report_set(excerpt, "line", json_integer(line));
	report_set(excerpt, "text", report_text(clean));
	report_append(excerpts, excerpt);
}

static void take_file(json_t *excerpts, const struct file *file,
		      const json_t *lines)
{
	AUTO_FREE char *bytes = file_read(file);
	char *rest = bytes, *text;
	json_int_t line = 0;

	while ((text = strsep(&rest, "\n"))) {
		if (json_array_size(excerpts) == EXCERPT_LINES_MAX)
			break;
		if (is_wanted(lines, ++line))
			take_line(excerpts, file->path, line, text);
	}
}

json_t *report_excerpts(const json_t *report, const struct fileset *files)
{
	json_auto_t *places = places_of(report);
	json_t *excerpts = json_array(), *lines;
	const char *path;

	ENOUGH(excerpts);
	json_object_foreach (places, path, lines) {
		const struct file *file = fileset_find(files, path);

		if (file)
			take_file(excerpts, file, lines);
	}
	return excerpts;
}

json_t *report_excerpts_near(const json_t *excerpts, const json_t *report)
{
	json_auto_t *places = places_of(report);
	json_t *near = json_array(), *excerpt;
	size_t i;

	ENOUGH(near);
	json_array_foreach (excerpts, i, excerpt) {
		const char *file = json_string_value(
			json_object_get(excerpt, "file"));
		json_int_t line = json_integer_value(
			json_object_get(excerpt, "line"));

		if (file && is_wanted(json_object_get(places, file), line))
			report_append(near, json_incref(excerpt));
	}
	return near;
}
