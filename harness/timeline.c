#include "timeline.h"

#include <ctype.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#define FIRST_COLUMN 7 /* of a schedule's threads */
#define COLUMN_WIDTH 5
#define PLACE_WIDTH 24
#define WHAT_WIDTH 24
#define THREAD_MAX 63
#define SHARED SIZE_MAX /* too many threads for a column each */

/* Without the white space around it. Never NULL. */
static char *trimmed(const char *text, size_t size)
{
	char *copy;

	while (size > 0 && isspace((unsigned char)text[size - 1]))
		size--;
	while (size > 0 && isspace((unsigned char)*text)) {
		text++;
		size--;
	}
	copy = strndup(text, size);
	ENOUGH(copy);
	return copy;
}

static struct timeline_row *row_new(struct timeline *timeline, int thread)
{
	struct timeline_row *row = &timeline->rows[timeline->count++];

	*row = (struct timeline_row){ .thread = thread };
	if (thread >= timeline->threads)
		timeline->threads = thread + 1;
	return row;
}

/* "t12": the number, or -1. */
static int thread_of(const char *text, const char **rest)
{
	int number = 0, digits = 0;

	if (*text++ != 't')
		return -1;
	for (; isdigit((unsigned char)*text) && digits < 3; text++, digits++)
		number = number * 10 + (*text - '0');
	*rest = text;
	return digits > 0 && number <= THREAD_MAX ? number : -1;
}

/* "t2   submit(task 0) -> ESHUTDOWN      |--|" */
static bool read_call(struct timeline *timeline, const char *line)
{
	const char *text = NULL, *picture, *end = line + strlen(line);
	int thread = thread_of(line, &text);
	struct timeline_row *row;

	if (thread < 0 || *text != ' ')
		return false;
	while (end > text && end[-1] == ' ')
		end--;
	if (end - text < 3 || (end[-1] != '|' && end[-1] != '>'))
		return false;
	for (picture = end - 1; picture > text && picture[-1] == '-';)
		picture--;
	if (picture == text || picture[-1] != '|')
		return false;
	picture--;
	if (strspn(text, " ") == (size_t)(picture - text))
		return false;
	row = row_new(timeline, thread);
	row->begin = (unsigned)(picture - line);
	row->end = (unsigned)(end - line);
	row->open = end[-1] == '>';
	row->text = trimmed(text, (size_t)(picture - text));
	return true;
}

/* Columns start at the first beginning. */
static bool read_calls(struct timeline *timeline, const json_t *lines)
{
	unsigned first = UINT_MAX, last = 0;
	json_t *line;
	size_t i;

	json_array_foreach (lines, i, line)
		if (!read_call(timeline, json_string_value(line)))
			return false;
	for (i = 0; i < timeline->count; i++)
		if (timeline->rows[i].begin < first)
			first = timeline->rows[i].begin;
	for (i = 0; i < timeline->count; i++) {
		timeline->rows[i].begin -= first;
		timeline->rows[i].end -= first;
		if (timeline->rows[i].end > last)
			last = timeline->rows[i].end;
	}
	timeline->width = last;
	return timeline->count > 0;
}

/* The threads that a schedule's header names; how many, or SHARED. */
static size_t read_header(const char *line, int threads[THREAD_MAX + 1])
{
	size_t count = 0, at = FIRST_COLUMN, size = strlen(line);
	const char *rest;

	if (strcmp(line, " step") == 0)
		return SHARED;
	if (strncmp(line, " step  ", FIRST_COLUMN) != 0)
		return 0;
	for (; at < size && count <= THREAD_MAX; at += COLUMN_WIDTH) {
		threads[count] = thread_of(line + at, &rest);
		if (threads[count++] < 0)
			return 0;
	}
	return count;
}

/* @width bytes of @line from @at on, as far as there are any. */
static char *cell(const char *line, size_t at, size_t width)
{
	size_t size = strlen(line);

	if (at >= size)
		return trimmed("", 0);
	return trimmed(line + at, size - at < width ? size - at : width);
}

/* What was wider than its column ends with two blanks. */
static size_t what_width(const char *line, size_t at)
{
	size_t size = strlen(line);
	const char *end;

	if (at + WHAT_WIDTH >= size || line[at + WHAT_WIDTH] == ' ')
		return WHAT_WIDTH + 1;
	end = strstr(line + at, "  ");
	return end ? (size_t)(end - line) - at : size - at;
}

/* The thread of a row, by the column with a star, or by name where all share
 * one; -1: it is no row. */
static int thread_at(const char *line, const int *threads, size_t count)
{
	size_t size = strlen(line), i;
	const char *rest;

	if (size <= FIRST_COLUMN || !isdigit((unsigned char)line[4]))
		return -1;
	if (count == SHARED)
		return thread_of(line + FIRST_COLUMN, &rest);
	for (i = 0; i < count; i++) {
		size_t at = FIRST_COLUMN + i * COLUMN_WIDTH;

		if (at < size && line[at] == '*')
			return threads[i];
	}
	return -1;
}

static void read_step(struct timeline *timeline, const char *line,
		      const int *threads, size_t count)
{
	size_t size = strlen(line), width;
	size_t text = FIRST_COLUMN +
		      (count == SHARED ? 1 : count) * COLUMN_WIDTH;
	int thread = thread_at(line, threads, count);
	struct timeline_row *row = row_new(timeline, thread);

	if (thread < 0) {
		row->text = trimmed(line, size);
		return;
	}
	row->begin = (unsigned)strtoul(line, NULL, 10);
	row->end = row->begin;
	row->place = cell(line, text, PLACE_WIDTH);
	text += PLACE_WIDTH + 1;
	width = what_width(line, text);
	row->text = cell(line, text, width);
	row->source = cell(line, text + width, SIZE_MAX);
}

static bool read_schedule(struct timeline *timeline, const json_t *lines)
{
	int threads[THREAD_MAX + 1];
	size_t count, i;

	count = read_header(json_string_value(json_array_get(lines, 0)),
			    threads);
	if (count == 0)
		return false;
	for (i = 1; i < json_array_size(lines); i++)
		read_step(timeline, json_string_value(json_array_get(lines, i)),
			  threads, count);
	return timeline->count > 0;
}

static bool read_dialogue(struct timeline *timeline, const json_t *lines)
{
	bool any = false;
	json_t *line;
	size_t i;

	json_array_foreach (lines, i, line) {
		const char *text = json_string_value(line);
		bool message = (*text == '>' || *text == '<') && text[1] == ' ';
		struct timeline_row *row = row_new(timeline, message ? 0 : -1);

		row->sent = *text == '>';
		row->text = trimmed(message ? text + 2 : text,
				    strlen(message ? text + 2 : text));
		any = any || message;
	}
	return any;
}

static bool is_readable(const json_t *lines)
{
	json_t *line;
	size_t i;

	if (json_array_size(lines) == 0 ||
	    json_array_size(lines) > TIMELINE_ROWS_MAX)
		return false;
	json_array_foreach (lines, i, line)
		if (!json_is_string(line))
			return false;
	return true;
}

void timeline_read(const json_t *lines, struct timeline *timeline)
{
	static const struct {
		enum timeline_kind kind;
		bool (*read)(struct timeline *timeline, const json_t *lines);
	} kinds[] = {
		{ TIMELINE_SCHEDULE, read_schedule },
		{ TIMELINE_CALLS, read_calls },
		{ TIMELINE_DIALOGUE, read_dialogue },
	};
	size_t i;

	*timeline = (struct timeline){ .kind = TIMELINE_TEXT };
	if (!is_readable(lines))
		return;
	for (i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		timeline->rows = calloc(json_array_size(lines),
					sizeof *timeline->rows);
		ENOUGH(timeline->rows);
		if (kinds[i].read(timeline, lines)) {
			timeline->kind = kinds[i].kind;
			return;
		}
		timeline_release(timeline);
	}
}

void timeline_release(struct timeline *timeline)
{
	size_t i;

	for (i = 0; i < timeline->count; i++) {
		free(timeline->rows[i].text);
		free(timeline->rows[i].place);
		free(timeline->rows[i].source);
	}
	free(timeline->rows);
	*timeline = (struct timeline){ .kind = TIMELINE_TEXT };
}
