/*
 * patch.c - see patch.h
 *
 * One pass over both: what stands before a hunk is copied, a hunk's lines are
 * compared and taken, and what is left behind the last one is copied again.
 */
#include "patch.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#define DIGITS_MAX 9

/* Bytes that are yet to be read, and the number of their first line. */
struct source {
	const char *at, *end;
	size_t line;
};

/* One line, with its newline if it has one. */
struct line {
	const char *bytes;
	size_t size;
};

struct patch {
	struct source text, diff;
	char *made;
	size_t made_size, made_lines;
	unsigned hunk; /* this one's number, from 1; 0: in the head */
};

struct range {
	size_t start, count;
};

static struct line next_line(struct source *source)
{
	size_t left = (size_t)(source->end - source->at);
	const char *newline = memchr(source->at, '\n', left);
	struct line line = { source->at, left };

	if (newline)
		line.size = (size_t)(newline + 1 - source->at);
	source->at += line.size;
	source->line++;
	return line;
}

static bool starts_with(const struct source *source, const char *word)
{
	size_t length = strlen(word);

	return (size_t)(source->end - source->at) >= length &&
	       memcmp(source->at, word, length) == 0;
}

__attribute__((format(printf, 3, 4))) static int
refuse(const struct patch *patch, struct error *err, const char *format, ...)
{
	char what[ERROR_TEXT_MAX / 2];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(what, sizeof what, format, args);
	va_end(args);
	if (!patch->hunk)
		return error_set(err, EINVAL, "%s", what);
	return error_set(err, EINVAL, "hunk %u: %s", patch->hunk, what);
}

static int make(struct patch *patch, struct line line, struct error *err)
{
	if (patch->made_size && patch->made[patch->made_size - 1] != '\n')
		return refuse(patch, err,
			      "more lines behind one without a newline");
	memcpy(patch->made + patch->made_size, line.bytes, line.size);
	patch->made_size += line.size;
	patch->made_lines++;
	return 0;
}

/* ---- a hunk's head ---- */

static bool read_number(const char **at, const char *end, size_t *ret)
{
	const char *start = *at;
	size_t number = 0;

	while (*at < end && isdigit((unsigned char)**at) &&
	       *at - start < DIGITS_MAX)
		number = number * 10 + (size_t)(*(*at)++ - '0');
	*ret = number;
	return *at > start;
}

static bool read_word(const char **at, const char *end, const char *word)
{
	size_t length = strlen(word);

	if ((size_t)(end - *at) < length || memcmp(*at, word, length) != 0)
		return false;
	*at += length;
	return true;
}

/* "12,3" or "12", which is one line. An empty range is behind its line. */
static bool read_range(const char **at, const char *end, struct range *range)
{
	range->count = 1;
	if (!read_number(at, end, &range->start) ||
	    (read_word(at, end, ",") && !read_number(at, end, &range->count)))
		return false;
	if (range->count == 0)
		range->start++;
	return range->start > 0;
}

static int read_head(struct patch *patch, struct range *old, struct range *new,
		     struct error *err)
{
	struct line line = next_line(&patch->diff);
	const char *at = line.bytes, *end = line.bytes + line.size;

	if (!read_word(&at, end, "@@ -") || !read_range(&at, end, old) ||
	    !read_word(&at, end, " +") || !read_range(&at, end, new) ||
	    !read_word(&at, end, " @@"))
		return refuse(patch, err,
			      "line %zu of the diff: expected \"@@ -N,N +N,N "
			      "@@\"",
			      patch->diff.line - 1);
	return 0;
}

/* ---- a hunk ---- */

/* Copy what stands before it. */
static int go_to(struct patch *patch, const struct range *old,
		 const struct range *new, struct error *err)
{
	int rc = 0;

	if (old->start < patch->text.line)
		return refuse(patch, err,
			      "starts at line %zu, in the one before it",
			      old->start);
	while (rc == 0 && patch->text.line < old->start) {
		if (patch->text.at == patch->text.end)
			return refuse(patch, err,
				      "starts at line %zu of %zu lines",
				      old->start, patch->text.line - 1);
		rc = make(patch, next_line(&patch->text), err);
	}
	if (rc == 0 && new->start != patch->made_lines + 1)
		return refuse(patch, err, "makes line %zu, and says line %zu",
			      patch->made_lines + 1, new->start);
	return rc;
}

/* The next line of the diff without its mark, which is *mark. */
static struct line next_change(struct patch *patch, char *mark)
{
	struct line line = next_line(&patch->diff);

	*mark = *line.bytes;
	line.bytes++;
	line.size--;
	if (starts_with(&patch->diff, "\\ ")) {
		(void)next_line(&patch->diff);
		if (line.size && line.bytes[line.size - 1] == '\n')
			line.size--;
	}
	return line;
}

/* The next line of the text has to be @expected. */
static int take(struct patch *patch, struct line expected, struct error *err)
{
	size_t number = patch->text.line;
	struct line line;

	if (patch->text.at == patch->text.end)
		return refuse(patch, err, "goes on behind the last line, %zu",
			      number - 1);
	line = next_line(&patch->text);
	if (line.size != expected.size ||
	    memcmp(line.bytes, expected.bytes, line.size) != 0)
		return refuse(patch, err,
			      "line %zu is not the one that the diff has",
			      number);
	return 0;
}

static int apply_line(struct patch *patch, struct range *old, struct range *new,
		      bool *changes, struct error *err)
{
	char mark;
	struct line line = next_change(patch, &mark);
	int rc = 0;

	if ((mark != ' ' && mark != '-' && mark != '+') ||
	    (mark != '+' && old->count == 0) ||
	    (mark != '-' && new->count == 0))
		return refuse(patch, err,
			      "line %zu of the diff is none of this hunk",
			      patch->diff.line - 1);
	*changes = *changes || mark != ' ';
	if (mark != '+') {
		old->count--;
		rc = take(patch, line, err);
	}
	if (rc == 0 && mark != '-') {
		new->count--;
		rc = make(patch, line, err);
	}
	return rc;
}

static int apply_hunk(struct patch *patch, struct error *err)
{
	struct range old = { 0 }, new = { 0 };
	bool changes = false;
	int rc;

	patch->hunk++;
	rc = read_head(patch, &old, &new, err);
	if (rc == 0)
		rc = go_to(patch, &old, &new, err);
	while (rc == 0 && (old.count || new.count)) {
		if (patch->diff.at == patch->diff.end)
			return refuse(patch, err, "the diff ends within it");
		rc = apply_line(patch, &old, &new, &changes, err);
	}
	if (rc == 0 && !changes)
		return refuse(patch, err, "changes nothing");
	return rc;
}

static int apply(struct patch *patch, struct error *err)
{
	static const char *const heads[] = { "--- ", "+++ " };
	int rc = 0;

	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		if (!starts_with(&patch->diff, heads[i]))
			return refuse(patch, err,
				      "line %zu of the diff: expected \"%s\"",
				      patch->diff.line, heads[i]);
		(void)next_line(&patch->diff);
	}
	if (patch->diff.at == patch->diff.end)
		return refuse(patch, err, "the diff has no hunk");
	while (rc == 0 && patch->diff.at < patch->diff.end)
		rc = apply_hunk(patch, err);
	while (rc == 0 && patch->text.at < patch->text.end)
		rc = make(patch, next_line(&patch->text), err);
	return rc;
}

int patch_apply(const char *text, size_t size, const char *diff,
		size_t diff_size, char **ret, size_t *ret_size,
		struct error *err)
{
	struct patch patch = {
		.text = { text, text + size, 1 },
		.diff = { diff, diff + diff_size, 1 },
		.made = malloc(size + diff_size + 1),
	};
	int rc = patch.made ? apply(&patch, err)
			    : error_set(err, ENOMEM, "out of memory");

	if (rc < 0) {
		free(patch.made);
		return rc;
	}
	patch.made[patch.made_size] = '\0';
	*ret = patch.made;
	*ret_size = patch.made_size;
	return 0;
}
