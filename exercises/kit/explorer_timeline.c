/*
 * explorer_timeline.c - a schedule as a table: see explorer_story.h
 *
 *	 step  t0   t1   t2
 *	   41       *         bq.c:41 bq_put     locks A      pthread_mutex_...
 *	   42       *         bq.c:44 bq_put     reads 0      if (q->count == ...
 *	-- thread 1 is preempted before `q->count++`, bq.c:47 (bq_put)
 *	   47            *    bq.c:63 bq_take    reads 0      while (q->count ...
 *
 * Of too many rows the middle is left out.
 */
#include "explorer_story.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <assay/cleanup.h>

#include "explorer_place.h"
#include "explorer_rows.h"

#define ROWS_BEFORE 14 /* what is left out */
#define COLUMN_WIDTH 5
#define COLUMNS_MAX 8 /* more threads share one */
#define PLACE_WIDTH 24
#define LINE_BYTES_MAX (4 * EXPLORER_STORY_WIDTH + 1)

struct table {
	const struct explorer_story *story;
	struct explorer_rows rows;
	int column_of[EXPLORE_THREADS_MAX]; /* -1: none */
	unsigned columns;
};

static void append(json_t *lines, const char *text)
{
	int size = explorer_rows_fit(text, EXPLORER_STORY_WIDTH);

	while (size > 0 && text[size - 1] == ' ')
		size--;
	(void)json_array_append_new(lines, json_stringn(text, (size_t)size));
}

/* ---- columns ---- */

static const struct explore_event *event_of(const struct table *table,
					    size_t row)
{
	return &table->story->run->events[table->rows.rows[row].first];
}

static void set_columns(struct table *table)
{
	const struct explorer_rows *rows = &table->rows;
	unsigned thread;
	size_t i;

	memset(table->column_of, -1, sizeof table->column_of);
	for (i = 0; i < rows->count; i++)
		if (!rows->rows[i].remark)
			table->column_of[event_of(table, i)->thread] = 0;
	for (thread = 0; thread < EXPLORE_THREADS_MAX; thread++)
		if (table->column_of[thread] >= 0)
			table->column_of[thread] = (int)table->columns++;
	if (table->columns <= COLUMNS_MAX)
		return;
	for (thread = 0; thread < EXPLORE_THREADS_MAX; thread++)
		if (table->column_of[thread] >= 0)
			table->column_of[thread] = 0;
}

static bool is_shared_column(const struct table *table)
{
	return table->columns > COLUMNS_MAX;
}

/* The part of a line that has a column for each thread; @mark in that of
 * @thread. */
static void columns_text(const struct table *table, unsigned thread, char *text,
			 size_t size)
{
	unsigned columns = is_shared_column(table) ? 1 : table->columns;
	size_t at = (size_t)table->column_of[thread] * COLUMN_WIDTH;

	CHECK(columns * COLUMN_WIDTH < size);
	memset(text, ' ', columns * COLUMN_WIDTH);
	text[columns * COLUMN_WIDTH] = '\0';
	if (!is_shared_column(table)) {
		text[at] = '*';
		return;
	}
	(void)snprintf(text, size, "t%-*u", COLUMN_WIDTH - 1, thread);
}

static void write_header(const struct table *table, json_t *lines)
{
	char text[LINE_BYTES_MAX];
	unsigned thread;
	int used = snprintf(text, sizeof text, " step  ");

	for (thread = 0; thread < EXPLORE_THREADS_MAX; thread++)
		if (table->column_of[thread] >= 0 && !is_shared_column(table))
			used += snprintf(text + used,
					 sizeof text - (size_t)used, "t%-*u",
					 COLUMN_WIDTH - 1, thread);
	append(lines, text);
}

static void write_row(const struct table *table, size_t number, json_t *lines)
{
	const struct explorer_row *row = &table->rows.rows[number];
	const struct explore_event *event =
		&table->story->run->events[row->first];
	const struct explorer_lines *names = table->story->lines;
	const struct explorer_line *line = explorer_place_line(names,
							       &event->place);
	char columns[COLUMNS_MAX * COLUMN_WIDTH + 1];
	char source[EXPLORER_SOURCE_MAX] = "";
	char place[PLACE_WIDTH + 1];
	char text[LINE_BYTES_MAX];

	if (row->remark) {
		append(lines, row->remark);
		return;
	}
	columns_text(table, event->thread, columns, sizeof columns);
	explorer_place_short(names, &event->place, place, PLACE_WIDTH);
	if (line)
		(void)explorer_lines_source(names, line, source);
	/* two blanks behind what is wider than its column: there it ends for
	 * who reads the table again (harness/timeline.c) */
	(void)snprintf(
		text, sizeof text, "%5u  %s%-*s %-*s%s%s", event->step, columns,
		PLACE_WIDTH, place, EXPLORER_WHAT_WIDTH, row->what,
		strlen(row->what) > EXPLORER_WHAT_WIDTH ? "  " : " ", source);
	append(lines, text);
}

/* ---- all of it ---- */

static void write_rows(const struct table *table, json_t *lines)
{
	const size_t most = EXPLORER_STORY_ROWS_MAX;
	size_t count = table->rows.count;
	char text[64];
	size_t i;

	for (i = 0; i < count; i++) {
		if (count > most && i == ROWS_BEFORE) {
			(void)snprintf(text, sizeof text,
				       "   ... %zu rows left out ...",
				       count - most + 1);
			append(lines, text);
			i += count - most;
			continue;
		}
		write_row(table, i, lines);
	}
}

json_t *explorer_story_schedule(const struct explorer_story *story)
{
	struct table table = { .story = story };
	json_t *lines = json_array();

	if (story->run->entry.events == 0)
		return lines;
	table.rows = explorer_rows_of(story);
	set_columns(&table);
	write_header(&table, lines);
	write_rows(&table, lines);
	explorer_rows_release(&table.rows);
	return lines;
}
