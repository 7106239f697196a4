/*
 * explain_timeline.c - the picture of a trace, laid out for a terminal
 *
 * A judge draws for a page of its own width. Here the columns are only as wide
 * as what is in them, and where that is still too wide goes, in this order: the
 * end of the source lines, the functions, the source lines, a lane for each
 * thread. A picture of calls is drawn closer together; what came before what
 * stays so as long as there is a column for each beginning and end.
 */
#include "explain_parts.h"

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "text.h"
#include "timeline.h"

#define LANES_MAX 8
#define SHARED_COLUMNS 4 /* "t12 " */
#define STEP_COLUMNS 4   /* "step" */
#define SOURCE_FULL 28   /* of a source line, beside a function's name */
#define SOURCE_MIN 20
#define WHAT_MIN 8
#define CELL_MIN 2
#define CALL_MIN 12 /* of a call, beside its picture */
#define PICTURE_MIN 8

static void widen(size_t *width, const char *text)
{
	AUTO_FREE char *line = text_line(text ? text : "");
	size_t columns = text_columns(line);

	if (columns > *width)
		*width = columns;
}

/* @text, cut to @columns, and blanks to fill them; nothing in none. */
static void print_cell(struct paper *paper, const char *text, size_t columns)
{
	AUTO_FREE char *cell = NULL;

	if (columns == 0)
		return;
	cell = text_fitted(text ? text : "", columns);
	(void)fprintf(paper->out, "%s%*s", cell,
		      (int)(columns - text_columns(cell)), "");
}

/* The same at the end of a line, which has no blanks there. */
static void print_last(struct paper *paper, const char *text, size_t columns)
{
	AUTO_FREE char *cell = text_fitted(text ? text : "", columns);

	(void)fputs(cell, paper->out);
}

/* ---- a schedule ---- */

struct schedule {
	const struct timeline *timeline;
	size_t room;                      /* columns of a row */
	int *lane_of;                     /* of each thread; -1: none */
	size_t lanes, lane;               /* how many, columns of each */
	bool shared;                      /* one lane, in which threads have
					     their names */
	bool functions;                   /* places with them */
	size_t step, place, what, source; /* columns of each */
};

static bool is_step(const struct timeline_row *row)
{
	return row->thread >= 0;
}

/* "bq.c:41" of "bq.c:41 bq_put", as far as it is that; free() it. */
static char *place_of(const struct schedule *schedule,
		      const struct timeline_row *row)
{
	size_t size = strcspn(row->place, " ");

	if (schedule->functions || !memchr(row->place, ':', size))
		size = strlen(row->place);
	return text_format("%.*s", (int)size, row->place);
}

static void measure(struct schedule *schedule)
{
	size_t i;

	schedule->place = schedule->what = 0;
	for (i = 0; i < schedule->timeline->count; i++) {
		const struct timeline_row *row = &schedule->timeline->rows[i];
		AUTO_FREE char *place = NULL;

		if (!is_step(row))
			continue;
		place = place_of(schedule, row);
		widen(&schedule->place, place);
		widen(&schedule->what, row->text);
	}
}

static size_t widest_source(const struct schedule *schedule)
{
	size_t columns = 0, i;

	for (i = 0; i < schedule->timeline->count; i++)
		if (is_step(&schedule->timeline->rows[i]))
			widen(&columns, schedule->timeline->rows[i].source);
	return columns;
}

static size_t lanes_columns(const struct schedule *schedule)
{
	return schedule->shared ? SHARED_COLUMNS
				: schedule->lanes * schedule->lane + 1;
}

/* What is left of a row behind its fixed part, @with and @without functions. */
static size_t rest(struct schedule *schedule, bool functions, bool source)
{
	size_t used;

	schedule->functions = functions;
	measure(schedule);
	used = schedule->step + 2 + lanes_columns(schedule) + schedule->place +
	       1 + schedule->what + (source ? 2 : 0);
	return used < schedule->room ? schedule->room - used : 0;
}

static size_t least(size_t one, size_t other)
{
	return one < other ? one : other;
}

/* However little there is. */
static void squeeze(struct schedule *schedule)
{
	size_t fixed, left;

	schedule->source = 0;
	if (rest(schedule, true, false) > 0 || rest(schedule, false, false) > 0)
		return;
	fixed = schedule->step + 2 + 1;
	if (lanes_columns(schedule) * 3 > schedule->room)
		schedule->shared = true;
	fixed += lanes_columns(schedule);
	left = fixed < schedule->room ? schedule->room - fixed : 0;
	if (schedule->what + schedule->place <= left)
		return;
	schedule->what = left > schedule->place + WHAT_MIN
				 ? left - schedule->place
				 : least(WHAT_MIN, left / 2 + CELL_MIN);
	schedule->place = left > schedule->what ? left - schedule->what
						: CELL_MIN;
}

static void lay_out(struct schedule *schedule)
{
	size_t source = widest_source(schedule);

	schedule->source = least(rest(schedule, true, true), source);
	if (source > 0 && schedule->source >= least(source, SOURCE_FULL))
		return;
	schedule->source = least(rest(schedule, false, true), source);
	if (source == 0 || schedule->source < least(source, SOURCE_MIN))
		squeeze(schedule);
}

static void find_lanes(struct schedule *schedule)
{
	const struct timeline *timeline = schedule->timeline;
	int thread;
	size_t i;

	schedule->lane_of = calloc((size_t)timeline->threads + 1, sizeof(int));
	ENOUGH(schedule->lane_of);
	schedule->step = STEP_COLUMNS;
	for (i = 0; i < timeline->count; i++) {
		const struct timeline_row *row = &timeline->rows[i];
		AUTO_FREE char *step = text_format("%u", row->begin);

		if (!is_step(row))
			continue;
		schedule->lane_of[row->thread] = 1;
		widen(&schedule->step, step);
	}
	for (thread = 0; thread < timeline->threads; thread++)
		schedule->lane_of[thread] = schedule->lane_of[thread]
						    ? (int)schedule->lanes++
						    : -1;
	schedule->shared = schedule->lanes > LANES_MAX;
	schedule->lane = timeline->threads > 10 ? strlen("t10 ")
						: strlen("t0 ");
}

static void print_head(struct paper *paper, size_t indent,
		       const struct schedule *schedule)
{
	int thread;

	(void)fprintf(paper->out, "%*s%*s", (int)indent, "",
		      (int)schedule->step, "step");
	if (!schedule->shared)
		(void)fputc(' ', paper->out);
	for (thread = 0; thread < schedule->timeline->threads; thread++)
		if (schedule->lane_of[thread] >= 0 && !schedule->shared)
			(void)fprintf(paper->out, " t%-*d",
				      (int)schedule->lane - 2, thread);
	(void)fputc('\n', paper->out);
}

static void print_lanes(struct paper *paper, const struct schedule *schedule,
			int thread)
{
	size_t lane = (size_t)schedule->lane_of[thread], i;

	if (schedule->shared) {
		(void)fprintf(paper->out, "t%-*d", SHARED_COLUMNS - 1, thread);
		return;
	}
	for (i = 0; i < schedule->lanes; i++)
		(void)fprintf(paper->out, "%c%*s", i == lane ? '*' : ' ',
			      (int)schedule->lane - 1, "");
	(void)fputc(' ', paper->out);
}

static void print_step(struct paper *paper, size_t indent,
		       const struct schedule *schedule,
		       const struct timeline_row *row)
{
	AUTO_FREE char *place = place_of(schedule, row);
	bool source = schedule->source > 0 && *row->source;

	(void)fprintf(paper->out, "%*s%*u  ", (int)indent, "",
		      (int)schedule->step, row->begin);
	print_lanes(paper, schedule, row->thread);
	print_cell(paper, place, schedule->place);
	(void)fputc(' ', paper->out);
	if (!source) {
		print_last(paper, row->text, schedule->what);
	} else {
		print_cell(paper, row->text, schedule->what + 2);
		(void)fputs(paper->colour ? "\033[2m" : "", paper->out);
		print_last(paper, row->source, schedule->source);
		(void)fputs(paper->colour ? "\033[0m" : "", paper->out);
	}
	(void)fputc('\n', paper->out);
}

static void print_schedule(struct paper *paper, size_t indent,
			   const struct timeline *timeline, size_t most)
{
	struct schedule schedule = { .timeline = timeline,
				     .room = paper->drawn - indent };
	size_t i;

	find_lanes(&schedule);
	lay_out(&schedule);
	print_head(paper, indent, &schedule);
	for (i = 0; i < timeline->count && i < most; i++) {
		if (is_step(&timeline->rows[i]))
			print_step(paper, indent, &schedule,
				   &timeline->rows[i]);
		else
			paper_text(paper, indent, "", timeline->rows[i].text);
	}
	free(schedule.lane_of);
}

/* ---- calls ---- */

/* A picture's columns, and which of them are beginnings and ends. */
struct calls {
	const struct timeline *timeline;
	size_t label, room; /* columns of a call's text, of the picture */
	bool *used;         /* of timeline->width + 1 */
	size_t *at;         /* where each of them goes */
};

/* The column that a call ends in. */
static size_t last_of(const struct timeline_row *row)
{
	return row->end > row->begin ? row->end - 1 : row->begin;
}

static void place_columns(struct calls *calls)
{
	size_t width = calls->timeline->width, count = 0, rank = 0, i;

	for (i = 0; i < calls->timeline->count; i++) {
		calls->used[calls->timeline->rows[i].begin] = true;
		calls->used[last_of(&calls->timeline->rows[i])] = true;
	}
	for (i = 0; i <= width; i++)
		count += calls->used[i];
	for (i = 0; i <= width; i++) {
		calls->at[i] = width <= calls->room || count < 2
				       ? least(i, calls->room - 1)
				       : rank * (calls->room - 1) / (count - 1);
		rank += calls->used[i];
	}
}

static void print_call(struct paper *paper, size_t indent,
		       const struct calls *calls,
		       const struct timeline_row *row)
{
	size_t begin = calls->at[row->begin], end = calls->at[last_of(row)], i;

	if (end == begin && end + 1 < calls->room)
		end++;
	(void)fprintf(paper->out, "%*st%-3d ", (int)indent, "", row->thread);
	print_cell(paper, row->text, calls->label);
	(void)fprintf(paper->out, "  %*s|", (int)begin, "");
	for (i = begin + 1; i < end; i++)
		(void)fputc('-', paper->out);
	if (end > begin)
		(void)fputc(row->open ? '>' : '|', paper->out);
	(void)fputc('\n', paper->out);
}

static void print_calls(struct paper *paper, size_t indent,
			const struct timeline *timeline, size_t most)
{
	struct calls calls = { .timeline = timeline };
	size_t room = paper->drawn - indent - 5 - 2, i;

	calls.used = calloc((size_t)timeline->width + 1, sizeof(bool));
	calls.at = calloc((size_t)timeline->width + 1, sizeof(size_t));
	ENOUGH(calls.used && calls.at);
	for (i = 0; i < timeline->count; i++)
		widen(&calls.label, timeline->rows[i].text);
	/* a call can be read without its end, a picture only whole */
	if (calls.label + timeline->width > room && calls.label > room / 2 &&
	    calls.label > CALL_MIN)
		calls.label = room / 2 > CALL_MIN ? room / 2 : CALL_MIN;
	calls.room = room > calls.label + PICTURE_MIN ? room - calls.label
						      : PICTURE_MIN;
	place_columns(&calls);
	for (i = 0; i < timeline->count && i < most; i++)
		print_call(paper, indent, &calls, &timeline->rows[i]);
	free(calls.used);
	free(calls.at);
}

bool paper_timeline(struct paper *paper, size_t indent, const json_t *lines,
		    size_t most)
{
	struct timeline timeline;
	bool drawn = true;

	timeline_read(lines, &timeline);
	if (timeline.kind == TIMELINE_CALLS)
		print_calls(paper, indent, &timeline, most);
	else if (timeline.kind == TIMELINE_SCHEDULE)
		print_schedule(paper, indent, &timeline, most);
	else
		drawn = false;
	timeline_release(&timeline);
	return drawn;
}
