/* explorer_rows.c - see explorer_rows.h */
#include "explorer_rows.h"

#include <stdbool.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "explorer_place.h"

#define LOOP_ROWS_MAX 8
#define REMARK_MAX (4 * EXPLORER_STORY_WIDTH + 1)

int explorer_rows_fit(const char *text, size_t columns)
{
	size_t at = 0;

	while (text[at]) {
		if (((unsigned char)text[at] & 0xc0) != 0x80 && columns-- == 0)
			break;
		at++;
	}
	return (int)at;
}

static struct explorer_row *new_row(struct explorer_rows *all)
{
	if (!all->rows || all->count == all->room) {
		all->room = all->room ? 2 * all->room : 128;
		all->rows = reallocarray(all->rows, all->room,
					 sizeof *all->rows);
		ENOUGH(all->rows);
	}
	all->rows[all->count] = (struct explorer_row){ 0 };
	return &all->rows[all->count++];
}

__attribute__((format(printf, 2, 3))) static void
remark(struct explorer_rows *all, const char *format, ...)
{
	char text[REMARK_MAX];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	new_row(all)->remark = strdup(text);
	ENOUGH(all->rows[all->count - 1].remark);
}

static bool same_line(const struct explorer_rows *all,
		      const struct explore_event *a,
		      const struct explore_event *b)
{
	const struct explorer_line *left = explorer_place_line(
		all->story->lines, &a->place);
	const struct explorer_line *right = explorer_place_line(
		all->story->lines, &b->place);

	if (a->thread != b->thread)
		return false;
	if (!left || !right || left->line == 0 || right->line == 0)
		return a->place.depth > 0 && b->place.depth > 0 &&
		       a->place.pc[0] == b->place.pc[0];
	return left->line == right->line &&
	       strcmp(left->file, right->file) == 0;
}

/* Whether @what ends in @text. */
static bool is_repeated(const char *what, const char *text)
{
	size_t size = strlen(what), end = strlen(text);

	return end <= size && strcmp(what + size - end, text) == 0;
}

/* One operation more for @row. As many as there is room for are named. */
static void add_operation(struct explorer_rows *all, struct explorer_row *row,
			  const struct explore_event *event)
{
	char text[EXPLORER_OPERATION_MAX];
	size_t used = strlen(row->what);

	explorer_operation_text(&all->objects, event, text);
	if (used == 0)
		(void)snprintf(row->what, sizeof row->what, "%s", text);
	else if (is_repeated(row->what, text))
		; /* "reads 3, reads 3" says no more */
	else if (used + 2 + strlen(text) <= EXPLORER_WHAT_WIDTH)
		(void)snprintf(row->what + used, sizeof row->what - used,
			       ", %s", text);
	else if (used + 4 <= EXPLORER_WHAT_WIDTH && row->what[used - 1] != '.')
		(void)snprintf(row->what + used, sizeof row->what - used,
			       " ...");
}

static void add_event(struct explorer_rows *all, uint32_t at)
{
	const struct explore_event *event = &all->story->run->events[at];
	struct explorer_row *last = all->count ? &all->rows[all->count - 1]
					       : NULL;

	if (!last || last->remark ||
	    !same_line(all, &all->story->run->events[last->first], event)) {
		last = new_row(all);
		last->first = at;
	}
	add_operation(all, last, event);
}

/* ---- what happens between rows ---- */

static void add_preemption(struct explorer_rows *all, uint32_t thread,
			   const struct explore_place *place)
{
	const struct explorer_lines *lines = all->story->lines;
	const struct explorer_line *line = explorer_place_line(lines, place);
	char source[EXPLORER_SOURCE_MAX];
	char text[EXPLORER_PLACE_MAX];

	explorer_place_short(lines, place, text, sizeof text - 1);
	if (line && explorer_lines_source(lines, line, source))
		remark(all, "-- thread %u is preempted before `%.*s`, %s",
		       thread, explorer_rows_fit(source, 48), source, text);
	else
		remark(all, "-- thread %u is preempted before %s", thread,
		       text);
}

/* The thread of event @last does not go on with the one behind it. */
static void add_switch(struct explorer_rows *all, uint32_t last)
{
	const struct explorer_run *run = all->story->run;
	uint32_t thread = run->events[last].thread;
	uint32_t next;

	if (!explorer_operation_preempted(run, last, &next))
		return;
	if (next < run->entry.events)
		add_preemption(all, thread, &run->events[next].place);
	else
		add_preemption(all, thread,
			       &run->finding->thread_of[thread].place);
}

/* Timeouts and wake-ups lie between the operations of segments. */
struct forced {
	uint32_t segment; /* the next to look at */
	uint64_t ops;     /* of those before it */
};

static void add_forced(struct explorer_rows *all, struct forced *forced,
		       uint32_t step)
{
	const struct explorer_steps *steps = &all->story->run->steps;

	for (; forced->segment < steps->segment_count; forced->segment++) {
		const struct explore_segment *segment =
			&steps->segments[forced->segment];

		if (forced->ops >= step)
			break;
		forced->ops += segment->ops;
		if (segment->flags == EXPLORE_TIMED_OUT)
			remark(all, "-- the timeout of thread %u passes",
			       segment->thread);
		else if (segment->flags == EXPLORE_WOKEN)
			remark(all,
			       "-- the wait of thread %u returns for no reason",
			       segment->thread);
	}
}

/* Accesses in the exercise's own code say nothing to a candidate. Where no
 * line of the candidate's is known at all, all are as good. */
static bool is_foreign(const struct explorer_rows *all,
		       const struct explore_event *event)
{
	const struct explorer_line *line = explorer_place_line(
		all->story->lines, &event->place);

	return (event->kind == EXPLORE_READ || event->kind == EXPLORE_WRITE ||
		event->kind == EXPLORE_ALLOCATE ||
		event->kind == EXPLORE_FREE) &&
	       line && line->line > 0 && !explorer_line_is_own(line);
}

/* What comes before the first thread but one concerns nobody else. */
static void hide_beginning(const struct explorer_run *run, bool *hidden)
{
	uint32_t i, first;

	for (first = 0; first < run->entry.events; first++)
		if (run->events[first].kind == EXPLORE_CREATE)
			break;
	for (i = 0; first < run->entry.events && i < first; i++)
		hidden[i] = true;
}

static void add_rows(struct explorer_rows *all)
{
	const struct explorer_run *run = all->story->run;
	uint32_t count = run->entry.events;
	AUTO_FREE bool *hidden = calloc(count + 1, sizeof *hidden);
	struct forced forced = { 0 };
	uint32_t i;

	ENOUGH(hidden);
	explorer_operation_hide(run, hidden);
	hide_beginning(run, hidden);
	for (i = 0; i < count; i++) {
		if (i > 0 && run->events[i].thread != run->events[i - 1].thread)
			add_switch(all, i - 1);
		add_forced(all, &forced, run->events[i].step);
		if (!hidden[i] && !is_foreign(all, &run->events[i]))
			add_event(all, i);
	}
}

/* ---- loops ---- */

static bool same_row(const struct explorer_rows *all,
		     const struct explorer_row *a, const struct explorer_row *b)
{
	return !a->remark && !b->remark && strcmp(a->what, b->what) == 0 &&
	       same_line(all, &all->story->run->events[a->first],
			 &all->story->run->events[b->first]);
}

/* How often the @size rows from @at on follow once more, the same. */
static size_t repetitions(const struct explorer_rows *all, size_t at,
			  size_t size)
{
	size_t end = at + size;

	while (end < all->count &&
	       same_row(all, &all->rows[end - size], &all->rows[end]))
		end++;
	return (end - at) / size - 1;
}

/* A thread that waits in a loop does nothing new for thousands of rows. */
static void fold_loops(struct explorer_rows *all)
{
	size_t kept = 0, at = 0, size, times = 0;
	char text[64];

	while (at < all->count) {
		for (size = 1; size <= LOOP_ROWS_MAX; size++) {
			times = at + size <= all->count
					? repetitions(all, at, size)
					: 0;
			if (times > 1)
				break;
		}
		if (times <= 1) {
			all->rows[kept++] = all->rows[at++];
			continue;
		}
		memmove(&all->rows[kept], &all->rows[at],
			size * sizeof *all->rows);
		kept += size;
		at += size * (times + 1);
		(void)snprintf(text, sizeof text,
			       "   ... and the same %zu times more ...", times);
		all->rows[kept] = (struct explorer_row){ .remark = strdup(
								 text) };
		ENOUGH(all->rows[kept].remark);
		kept++;
	}
	all->count = kept;
}

/* ---- all of it ---- */

struct explorer_rows explorer_rows_of(const struct explorer_story *story)
{
	struct explorer_rows rows = { .story = story };

	add_rows(&rows);
	fold_loops(&rows);
	return rows;
}

void explorer_rows_release(struct explorer_rows *rows)
{
	size_t i;

	for (i = 0; i < rows->count; i++)
		free(rows->rows[i].remark);
	free(rows->rows);
	*rows = (struct explorer_rows){ 0 };
}
