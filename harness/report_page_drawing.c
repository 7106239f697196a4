/*
 * Histories as drawings: time runs to the right, a band for each thread.
 */
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "report_page_parts.h"
#include "text.h"
#include "timeline.h"

#define WIDTH 760
#define LABELS 84 /* of that, the names of the threads */
#define ROW 40    /* a call: its text over its bar */
#define BAND_GAP 8
#define LANE 26
#define COLOURS 8
#define GLYPH 7.2 /* about a letter's width */

/* A number as an attribute wants it. Gone with the next statement's end. */
#define NUMBER(value) text_format("%.1f", (double)(value))

static void rect(struct html *html, const char *class, double x, double y,
		 double width, double height, const char *title)
{
	AUTO_FREE char *left = NUMBER(x), *top = NUMBER(y);
	AUTO_FREE char *wide = NUMBER(width < 2 ? 2 : width);
	AUTO_FREE char *high = NUMBER(height);

	html_begin(html, "rect", "class", class, "x", left, "y", top, "width",
		   wide, "height", high, "rx", "3", NULL);
	if (title)
		html_element(html, "title", NULL, title);
	html_end(html, "rect");
}

static void text_at(struct html *html, const char *class, double x, double y,
		    const char *anchor, const char *text)
{
	AUTO_FREE char *left = NUMBER(x), *top = NUMBER(y);

	html_begin(html, "text", "class", class, "x", left, "y", top,
		   "font-size", "13", "text-anchor", anchor, NULL);
	html_text(html, text);
	html_end(html, "text");
}

static void line(struct html *html, double y)
{
	AUTO_FREE char *top = NUMBER(y);

	html_begin(html, "line", "class", "axis", "x1", "0", "x2", "760", "y1",
		   top, "y2", top, NULL);
	html_end(html, "line");
}

/* A drawing with its name and what it shows in words. */
static void drawing_begin(struct html *html, double height, const char *title,
			  const char *words, const char *unique)
{
	AUTO_FREE char *box = text_format("0 0 %d %.0f", WIDTH, height);
	AUTO_FREE char *name = text_format("%s-t", unique);
	AUTO_FREE char *about = text_format("%s-d", unique);

	page_wide_begin(html, title);
	html_begin(html, "svg", "viewBox", box, "role", "img",
		   "aria-labelledby", name, "aria-describedby", about, NULL);
	html_begin(html, "title", "id", name, NULL);
	html_text(html, title);
	html_end(html, "title");
	html_begin(html, "desc", "id", about, NULL);
	html_text(html, words);
	html_end(html, "desc");
}

static void drawing_end(struct html *html)
{
	html_end(html, "svg");
	page_wide_end(html);
}

static char *colour_of(int thread)
{
	return text_format("c%d", thread % COLOURS);
}

static size_t rows_of(const struct timeline *timeline, int thread)
{
	size_t count = 0, i;

	for (i = 0; i < timeline->count; i++)
		count += timeline->rows[i].thread == thread;
	return count;
}

static void draw_call(struct html *html, const struct timeline *timeline,
		      const struct timeline_row *row, double y)
{
	double scale = (double)(WIDTH - LABELS - 12) /
		       (timeline->width > 24 ? timeline->width : 24);
	double x = LABELS + row->begin * scale;
	double end = LABELS + row->end * scale;
	bool late = x + GLYPH * (double)text_columns(row->text) > WIDTH;
	AUTO_FREE char *colour = colour_of(row->thread);
	AUTO_FREE char *points = NULL;

	text_at(html, "call", late ? WIDTH - 4 : x, y + 14,
		late ? "end" : "start", row->text);
	rect(html, colour, x, y + 19, end - x - (row->open ? 6 : 0), 10,
	     row->text);
	if (!row->open)
		return;
	points = text_format("%.1f,%.1f %.1f,%.1f %.1f,%.1f", end - 8, y + 15,
			     end + 4, y + 24, end - 8, y + 33);
	html_begin(html, "polygon", "class", colour, "points", points, NULL);
	html_end(html, "polygon");
}

/* In words: how many calls by whom, which of them never returned. */
static char *calls_in_words(const struct timeline *timeline)
{
	char *words = NULL;
	size_t size = 0, i;
	FILE *out = open_memstream(&words, &size);

	ENOUGH(out);
	(void)fprintf(out, "%zu calls of %d threads over time. ",
		      timeline->count, timeline->threads);
	for (i = 0; i < timeline->count; i++)
		if (timeline->rows[i].open)
			(void)fprintf(out, "Thread %d: %s has not returned. ",
				      timeline->rows[i].thread,
				      timeline->rows[i].text);
	(void)fprintf(out, "The table below has the same.");
	text_stream_close(out, &words);
	return words;
}

void page_draw_calls(struct html *html, const struct timeline *timeline,
		     const char *title, const char *unique)
{
	AUTO_FREE char *words = calls_in_words(timeline);
	double y = BAND_GAP, height = BAND_GAP;
	int thread;
	size_t i;

	for (thread = 0; thread < timeline->threads; thread++)
		if (rows_of(timeline, thread) > 0)
			height += (double)rows_of(timeline, thread) * ROW +
				  BAND_GAP;
	drawing_begin(html, height, title, words, unique);
	for (thread = 0; thread < timeline->threads; thread++) {
		AUTO_FREE char *name = text_format("thread %d", thread);

		if (rows_of(timeline, thread) == 0)
			continue;
		text_at(html, "soft", 0, y + 28, "start", name);
		for (i = 0; i < timeline->count; i++) {
			if (timeline->rows[i].thread != thread)
				continue;
			draw_call(html, timeline, &timeline->rows[i], y);
			y += ROW;
		}
		line(html, y + BAND_GAP / 2.0);
		y += BAND_GAP;
	}
	drawing_end(html);
}

/* Where the run of rows that starts at @first ends. */
static size_t run_end(const struct timeline *timeline, size_t first)
{
	size_t i = first;

	while (i < timeline->count &&
	       timeline->rows[i].thread == timeline->rows[first].thread)
		i++;
	return i;
}

static void draw_runs(struct html *html, const struct timeline *timeline,
		      const int *lanes)
{
	double scale = (double)(WIDTH - LABELS) / (double)timeline->count;
	size_t i, end;

	for (i = 0; i < timeline->count; i = end) {
		const struct timeline_row *row = &timeline->rows[i];
		AUTO_FREE char *colour = NULL, *title = NULL;

		end = run_end(timeline, i);
		if (row->thread < 0)
			continue;
		colour = colour_of(row->thread);
		title = text_format("thread %d, steps %u to %u: %s %s",
				    row->thread, row->begin,
				    timeline->rows[end - 1].end, row->place,
				    row->text);
		rect(html, colour, LABELS + (double)i * scale,
		     lanes[row->thread] * LANE + 6,
		     (double)(end - i) * scale - 1, LANE - 8, title);
	}
}

static char *schedule_in_words(const struct timeline *timeline, int threads)
{
	size_t switches = 0, i, end;

	for (i = 0; i < timeline->count; i = end, switches++)
		end = run_end(timeline, i);
	return text_format("%zu steps of %d threads; the schedule goes from "
			   "one to another %zu times. The table below has each "
			   "step.",
			   timeline->count, threads, switches - 1);
}

void page_draw_schedule(struct html *html, const struct timeline *timeline,
			const char *title, const char *unique)
{
	AUTO_FREE int *lanes = calloc((size_t)timeline->threads + 1,
				      sizeof *lanes);
	AUTO_FREE char *words = NULL;
	int thread, count = 0;

	ENOUGH(lanes);
	for (thread = 0; thread < timeline->threads; thread++)
		if (rows_of(timeline, thread) > 0)
			lanes[thread] = count++;
	words = schedule_in_words(timeline, count);
	drawing_begin(html, count * LANE + 8, title, words, unique);
	for (thread = 0; thread < timeline->threads; thread++) {
		AUTO_FREE char *name = text_format("thread %d", thread);

		if (rows_of(timeline, thread) == 0)
			continue;
		text_at(html, "soft", 0, lanes[thread] * LANE + 20, "start",
			name);
		line(html, lanes[thread] * LANE + LANE + 2);
	}
	draw_runs(html, timeline, lanes);
	drawing_end(html);
}
