/*
 * A history: the drawing, and the same as a table for who does not see it.
 */
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "report_member.h"
#include "report_page_parts.h"
#include "text.h"
#include "timeline.h"

#define LINES_MAX 200

static void put_thread(struct html *html, int thread)
{
	html_begin(html, "th", "scope", "row", "class", "id", NULL);
	html_textf(html, "thread %d", thread);
	html_end(html, "th");
}

static const char *const call_head[] = { "Thread", "Call", "#Begins at",
					 "#Ends at", NULL };

static void call_rows(struct html *html, const struct timeline *timeline)
{
	size_t i;

	for (i = 0; i < timeline->count; i++) {
		const struct timeline_row *row = &timeline->rows[i];

		html_begin(html, "tr", NULL);
		put_thread(html, row->thread);
		html_begin(html, "td", NULL);
		html_element(html, "code", NULL, row->text);
		html_end(html, "td");
		html_elementf(html, "td", "number", "%u", row->begin / 3 + 1);
		if (row->open)
			html_element(html, "td", "number", "never");
		else
			html_elementf(html, "td", "number", "%u",
				      row->end / 3 + 1);
		html_end(html, "tr");
	}
}

static const char *const schedule_head[] = { "Thread",       "#Step",  "Where",
					     "What it does", "Source", NULL };

static void schedule_rows(struct html *html, const struct timeline *timeline)
{
	size_t i;

	for (i = 0; i < timeline->count; i++) {
		const struct timeline_row *row = &timeline->rows[i];

		html_begin(html, "tr", NULL);
		if (row->thread < 0) {
			html_begin(html, "td", "colspan", "5", "class", "soft",
				   NULL);
			html_text(html, row->text);
			html_end(html, "td");
		} else {
			put_thread(html, row->thread);
			html_elementf(html, "td", "number", "%u", row->begin);
			html_element(html, "td", NULL, row->place);
			html_element(html, "td", NULL, row->text);
			html_begin(html, "td", NULL);
			if (row->source && *row->source)
				html_element(html, "code", NULL, row->source);
			html_end(html, "td");
		}
		html_end(html, "tr");
	}
}

/* Tables of a few rows are open; the drawing says what they say. */
static void put_table(struct html *html, const struct timeline *timeline,
		      const char *title)
{
	bool calls = timeline->kind == TIMELINE_CALLS;
	AUTO_FREE char *caption = text_format("%s, %zu rows in order of time",
					      title, timeline->count);

	html_begin(html, "details", NULL);
	html_element(html, "summary", NULL,
		     calls ? "The same as a table"
			   : "Step by step, with the source lines");
	page_wide_begin(html, title);
	page_table_begin(html, NULL, caption,
			 calls ? call_head : schedule_head);
	if (calls)
		call_rows(html, timeline);
	else
		schedule_rows(html, timeline);
	page_table_end(html);
	page_wide_end(html);
	html_end(html, "details");
}

static void put_dialogue(struct html *html, const struct timeline *timeline)
{
	size_t i;

	html_begin(html, "ol", "class", "dialogue", NULL);
	for (i = 0; i < timeline->count; i++) {
		const struct timeline_row *row = &timeline->rows[i];

		if (row->thread < 0) {
			html_element(html, "li", "soft", row->text);
			continue;
		}
		html_begin(html, "li", "class", row->sent ? "sent" : "came",
			   NULL);
		html_element(html, "strong", NULL,
			     row->sent ? "sent " : "came back ");
		html_element(html, "code", NULL, row->text);
		html_end(html, "li");
	}
	html_end(html, "ol");
}

static void put_text(struct html *html, const json_t *lines)
{
	json_t *line;
	size_t i;

	html_begin(html, "pre", "tabindex", "0", NULL);
	json_array_foreach (lines, i, line) {
		if (i == LINES_MAX) {
			html_textf(html, "(%zu more lines)\n",
				   json_array_size(lines) - LINES_MAX);
			break;
		}
		html_text(html, json_string_value(line));
		html_text(html, "\n");
	}
	html_end(html, "pre");
}

void page_trace(struct html *html, const json_t *trace, const char *unique)
{
	const json_t *lines = json_object_get(trace, "lines");
	const char *title = report_string(trace, "title");
	struct timeline timeline;

	if (json_array_size(lines) == 0)
		return;
	timeline_read(lines, &timeline);
	html_element(html, "h4", NULL, *title ? title : "History");
	switch (timeline.kind) {
	case TIMELINE_CALLS:
		page_draw_calls(html, &timeline, title, unique);
		put_table(html, &timeline, title);
		break;
	case TIMELINE_SCHEDULE:
		page_draw_schedule(html, &timeline, title, unique);
		put_table(html, &timeline, title);
		break;
	case TIMELINE_DIALOGUE:
		put_dialogue(html, &timeline);
		break;
	case TIMELINE_TEXT:
		put_text(html, lines);
		break;
	}
	timeline_release(&timeline);
}
