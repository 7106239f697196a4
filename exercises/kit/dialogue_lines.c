/* dialogue_lines.c - see dialogue_lines.h */
#define _GNU_SOURCE /* memrchr */
#include "dialogue_lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "dialogue.h"

void dialogue_lines_release(struct dialogue_lines *lines)
{
	free(lines->bytes);
	*lines = (struct dialogue_lines){ 0 };
}

/* Moving what is left to the front is paid for by what was taken before. */
char *dialogue_lines_room(struct dialogue_lines *lines, size_t *size)
{
	size_t left = lines->used - lines->first;

	if (lines->room - lines->used < DIALOGUE_CHUNK &&
	    left <= lines->first) {
		if (left > 0)
			memcpy(lines->bytes, lines->bytes + lines->first, left);
		lines->used = left;
		lines->scanned -= lines->first;
		lines->first = 0;
	}
	if (lines->room - lines->used < DIALOGUE_CHUNK) {
		lines->room = 2 * lines->room + 2 * (size_t)DIALOGUE_CHUNK;
		lines->bytes = realloc(lines->bytes, lines->room);
		ENOUGH(lines->bytes);
	}
	*size = lines->room - lines->used;
	return lines->bytes + lines->used;
}

void dialogue_lines_add(struct dialogue_lines *lines, size_t size)
{
	CHECK(size <= lines->room - lines->used);
	lines->used += size;
}

bool dialogue_lines_take(struct dialogue_lines *lines, char **ret_text,
			 size_t *ret_size)
{
	char *end = NULL;

	if (lines->scanned < lines->used)
		end = memchr(lines->bytes + lines->scanned, '\n',
			     lines->used - lines->scanned);
	if (!end) {
		lines->scanned = lines->used;
		return false;
	}
	*end = '\0';
	*ret_text = lines->bytes + lines->first;
	*ret_size = (size_t)(end - *ret_text);
	lines->first += *ret_size + 1;
	lines->scanned = lines->first;
	return true;
}

size_t dialogue_lines_rest(const struct dialogue_lines *lines)
{
	const char *last = NULL;

	if (lines->used == lines->first)
		return 0;
	last = memrchr(lines->bytes + lines->first, '\n',
		       lines->used - lines->first);
	return last ? (size_t)(lines->bytes + lines->used - last - 1)
		    : lines->used - lines->first;
}

void dialogue_lines_tear(struct dialogue_lines *lines)
{
	lines->used -= dialogue_lines_rest(lines);
	if (lines->scanned > lines->used)
		lines->scanned = lines->used;
}

void dialogue_lines_clear(struct dialogue_lines *lines)
{
	lines->first = lines->scanned = lines->used = 0;
}

const char *dialogue_line_problem(const char *text, size_t size)
{
	if (size + 1 > DIALOGUE_LINE_MAX)
		return DIALOGUE_TOO_LONG;
	if (size == 0)
		return "empty";
	if (text[size - 1] == '\r')
		return "ended by CR LF instead of LF alone";
	if (memchr(text, '\r', size))
		return "not one line: there is a CR in it";
	if (memchr(text, '\0', size))
		return "not text: there is a NUL in it";
	return NULL;
}

/* How deep arrays and objects nest is bounded by jansson, at 2048; bytes that
 * are not UTF-8 it refuses. */
json_t *dialogue_line_parse(const char *text, size_t size,
			    char problem[DIALOGUE_PROBLEM_MAX])
{
	const char *why = dialogue_line_problem(text, size);
	json_error_t error;
	json_t *line;

	if (why) {
		(void)snprintf(problem, DIALOGUE_PROBLEM_MAX, "%s", why);
		return NULL;
	}
	line = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
	if (!line) {
		(void)snprintf(problem, DIALOGUE_PROBLEM_MAX, "not JSON: %s",
			       error.text);
		return NULL;
	}
	if (json_is_object(line))
		return line;
	json_decref(line);
	(void)snprintf(problem, DIALOGUE_PROBLEM_MAX,
		       "JSON, but not an object");
	return NULL;
}
