/*
 * rating.c - see rating.h
 */
#include "rating.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "manifest.h"
#include "report_member.h"
#include "report_parts.h"
#include "text.h"

#define RUBRIC_VERSION 1
#define NAME_MAX_BYTES 200
#define LINE_MAX_NUMBER 10000000

bool rating_name_ok(const char *name)
{
	AUTO_FREE char *line = text_line(name);

	return *name && *name != '.' && strlen(name) <= NAME_MAX_BYTES &&
	       !strchr(name, '/') && strcmp(line, name) == 0;
}

/* ---- reading ---- */

/* Lines of text, of which there may be none. */
static void read_words(const struct place *up, const char *key, bool needed,
		       json_t *into)
{
	struct place at = manifest_get(up, key);
	const char *text = json_string_value(at.json), *c;

	if (!text && at.json)
		manifest_fail(&at, "expected a string");
	if (needed && text && !*text)
		manifest_fail(&at, "expected a string, not empty");
	if (text && strlen(text) > RATING_TEXT_MAX)
		manifest_fail(&at, "expected at most %d bytes",
			      RATING_TEXT_MAX);
	for (c = text ? text : ""; *c; c++)
		if (((unsigned char)*c < 0x20 && *c != '\n' && *c != '\t') ||
		    *c == 0x7f)
			manifest_fail(&at, "expected no control characters");
	report_set(into, key, json_string(text ? text : ""));
}

/* A text that has to be @expected, which @why says. */
static void read_same(const struct place *up, const char *key,
		      const char *expected, const char *why)
{
	struct place at = manifest_get(up, key);
	const char *said = json_string_value(at.json);

	if (at.json && (!said || strcmp(said, expected) != 0))
		manifest_fail(&at, "expected \"%s\"%s", expected, why);
}

static void read_head(const struct place *top, const char *rater,
		      const json_t *report)
{
	static const char *const keys[] = {
		"rubric_version", "submission", "digest?", "rater",
		"marks",          "comments?",  NULL
	};
	const json_t *submission = json_object_get(report, "submission");
	uint64_t version = 0;

	manifest_keys(top, keys);
	manifest_integer(top, "rubric_version", RUBRIC_VERSION, RUBRIC_VERSION,
			 &version);
	read_same(top, "submission", report_string(submission, "id"),
		  ", as the report and the file are called");
	read_same(top, "rater", rater, ", as the folder is called");
	read_same(top, "digest", report_string(submission, "digest"),
		  ": other files than these were looked at");
}

static const json_t *dimension_of(const json_t *report, const char *id)
{
	json_t *entry;
	size_t i;

	json_array_foreach (json_object_get(report, "rubric"), i, entry)
		if (report_is(entry, "id", id))
			return entry;
	return NULL;
}

/* "synchronization, time, ..."; free() it. */
static char *dimensions_of(const json_t *report)
{
	const json_t *rubric = json_object_get(report, "rubric");
	char *text = NULL;
	json_t *entry;
	size_t size = 0, i;
	FILE *out = open_memstream(&text, &size);

	ENOUGH(out);
	json_array_foreach (rubric, i, entry)
		(void)fprintf(out, "%s%s", i > 0 ? ", " : "",
			      report_string(entry, "id"));
	text_stream_close(out, &text);
	return text;
}

static void read_mark(const struct place *at, const char *id, json_t *marks)
{
	static const char *const keys[] = { "mark", "why?", "title?", "scale?",
					    NULL };
	struct place where = manifest_get(at, "mark");
	json_t *mark = json_object();
	uint64_t value = 0;

	ENOUGH(mark);
	manifest_keys(at, keys);
	read_words(at, "why", false, mark);
	if (json_is_null(where.json)) {
		json_decref(mark);
		return;
	}
	manifest_integer(at, "mark", 0, RATING_MARKS - 1, &value);
	report_set(mark, "mark", report_count(value));
	report_set(marks, id, mark);
}

static json_t *read_marks(const struct place *top, const json_t *report)
{
	struct place list = manifest_object(top, "marks", 0, SIZE_MAX);
	json_t *marks = json_object(), *value, *entry;
	const char *key;
	size_t i;

	ENOUGH(marks);
	json_object_foreach (list.json, key, value) {
		AUTO_FREE char *known = NULL;
		struct place at = manifest_get(&list, key);

		if (dimension_of(report, key))
			continue;
		known = dimensions_of(report);
		manifest_fail(&at, "no dimension of this rubric (%s)",
			      *known ? known : "it has none");
	}
	json_array_foreach (json_object_get(report, "rubric"), i, entry) {
		struct place at = manifest_get(&list,
					       report_string(entry, "id"));

		if (at.json)
			read_mark(&at, at.key, marks);
	}
	return marks;
}

static bool has_file(const json_t *report, const char *path)
{
	json_t *file;
	size_t i;

	json_array_foreach (
		json_object_get(json_object_get(report, "submission"), "files"),
		i, file)
		if (report_is(file, "path", path))
			return true;
	return false;
}

static json_t *read_comment(const struct place *at, const json_t *report)
{
	static const char *const keys[] = { "file", "line", "text", NULL };
	struct place file = manifest_get(at, "file");
	json_t *comment = json_object();
	uint64_t line = 0;

	ENOUGH(comment);
	manifest_keys(at, keys);
	read_words(at, "file", true, comment);
	manifest_integer(at, "line", 1, LINE_MAX_NUMBER, &line);
	report_set(comment, "line", report_count(line));
	read_words(at, "text", true, comment);
	if (manifest_ok(at) &&
	    !has_file(report, report_string(comment, "file")))
		manifest_fail(&file, "the submission has no file \"%s\"",
			      report_string(comment, "file"));
	return comment;
}

static json_t *read_comments(const struct place *top, const json_t *report)
{
	struct place list = manifest_list(top, "comments", 0,
					  RATING_COMMENTS_MAX);
	json_t *comments = json_array();
	size_t i;

	ENOUGH(comments);
	for (i = 0; list.json && i < manifest_count(&list); i++) {
		struct place at = manifest_at(&list, i);

		report_append(comments, read_comment(&at, report));
	}
	return comments;
}

int rating_parse(const char *path, const char *bytes, size_t size,
		 const char *rater, const json_t *report, json_t **ret,
		 struct error *err)
{
	json_auto_t *json = NULL, *rating = json_object();
	struct place top;
	int r = manifest_parse(path, bytes, size, &top, &json, err);

	ENOUGH(rating);
	if (r < 0)
		return r;
	read_head(&top, rater, report);
	report_set(rating, "rater", json_string(rater));
	report_set(rating, "marks", read_marks(&top, report));
	report_set(rating, "comments", read_comments(&top, report));
	if (!manifest_ok(&top))
		return -err->code;
	*ret = json_incref(rating);
	return 0;
}

/* ---- writing ---- */

/* What each mark means, for who fills it in. */
static json_t *scale_of(const json_t *entry)
{
	json_t *scale = json_array(), *meaning;
	size_t i;

	ENOUGH(scale);
	json_array_foreach (json_object_get(entry, "marks"), i, meaning)
		report_append(scale, json_sprintf("%zu: %s", i,
						  json_string_value(meaning)));
	return scale;
}

json_t *rating_sheet(const json_t *report, const char *rater)
{
	const json_t *submission = json_object_get(report, "submission");
	json_t *sheet = json_object(), *marks = json_object(), *entry;
	size_t i;

	ENOUGH(sheet && marks);
	json_array_foreach (json_object_get(report, "rubric"), i, entry) {
		json_t *mark = json_object();

		ENOUGH(mark);
		report_set(mark, "title",
			   report_text(report_string(entry, "title")));
		report_set(mark, "scale", scale_of(entry));
		report_set(mark, "mark", json_null());
		report_set(mark, "why", json_string(""));
		report_set(marks, report_string(entry, "id"), mark);
	}
	report_set(sheet, "rubric_version", json_integer(RUBRIC_VERSION));
	report_set(sheet, "submission",
		   report_text(report_string(submission, "id")));
	report_set(sheet, "digest",
		   report_text(report_string(submission, "digest")));
	report_set(sheet, "rater", report_text(rater));
	report_set(sheet, "marks", marks);
	report_set(sheet, "comments", json_array());
	return sheet;
}
