/*
 * All submissions: as a list in several orders, and side by side.
 *
 * An order is chosen with radio buttons, and shown by style alone: all of them
 * are on the page, and only the chosen one is there to see or to be read out.
 */
#include <string.h>

#include <assay/cleanup.h>

#include "report_index_parts.h"
#include "report_member.h"
#include "report_page_parts.h"
#include "text.h"

static void put_name(struct html *html, const json_t *entry, bool exercise)
{
	const char *page = report_string(entry, "page");

	html_begin(html, "th", "scope", "row", NULL);
	if (*page) {
		html_begin(html, "a", "href", page, NULL);
		html_text(html, report_string(entry, "id"));
		html_end(html, "a");
	} else {
		html_text(html, report_string(entry, "id"));
	}
	if (exercise) {
		html_element(html, "div", "property",
			     report_string(entry, "exercise"));
		index_similar_links(html, entry);
	}
	html_end(html, "th");
}

static void put_entry(struct html *html, const json_t *entry)
{
	double points = report_number(entry, "points");
	double maximum = report_number(entry, "maximum");
	double undecided = report_number(entry, "undecided");

	html_begin(html, "tr", NULL);
	put_name(html, entry, true);
	html_begin(html, "td", NULL);
	page_badge(html, report_string(entry, "status"), NULL);
	html_end(html, "td");
	html_begin(html, "td", "class", "number", NULL);
	html_textf(html, "%.10g of %.10g", points, maximum);
	if (undecided > 0)
		html_textf(html, " (%.10g undecided)", undecided);
	html_end(html, "td");
	html_begin(html, "td", NULL);
	page_bar(html, points, maximum, points >= maximum ? "good" : "");
	html_end(html, "td");
	html_end(html, "tr");
}

static const struct {
	const char *id, *label, *caption;
} orders_known[3] = {
	{ "by-points", "Most points first", "Submissions, most points first" },
	{ "by-name", "By name", "Submissions by name" },
	{ "by-outcome", "What needs somebody first",
	  "Submissions by outcome: inconclusive, rejected and unbuilt ones "
	  "first" },
};

static void put_order(struct html *html, const json_t *entries, size_t order)
{
	static const char *const head[] = { "Submission", "Outcome", "#Points",
					    "Share", NULL };
	AUTO_FREE char *class = text_format("sorted %s",
					    orders_known[order].id);
	json_t *entry;
	size_t i;

	html_begin(html, "div", "class", class, NULL);
	page_wide_begin(html, orders_known[order].caption);
	page_table_begin(html, NULL, orders_known[order].caption, head);
	json_array_foreach (entries, i, entry)
		put_entry(html, entry);
	page_table_end(html);
	page_wide_end(html);
	html_end(html, "div");
}

void index_submissions(struct html *html, json_t *const orders[3])
{
	size_t i;

	html_element(html, "h2", NULL, "Submissions");
	html_begin(html, "div", "class", "card order", "role", "group",
		   "aria-label", "Order of submissions", NULL);
	for (i = 0; i < 3; i++) {
		html_void(html, "input", "type", "radio", "name", "order", "id",
			  orders_known[i].id, "checked",
			  i == 0 ? "checked" : NULL, NULL);
		html_begin(html, "label", "for", orders_known[i].id, NULL);
		html_text(html, orders_known[i].label);
		html_end(html, "label");
	}
	for (i = 0; i < 3; i++)
		put_order(html, orders[i], i);
	html_end(html, "div");
}

/* A sign for the eye, a word for who has it read out. */
static void put_cell(struct html *html, const json_t *test)
{
	const char *status = report_string(test, "status");
	const char *tone = page_tone(status), *sign = "\xc2\xb7";

	if (!test)
		status = "none";
	else if (strcmp(tone, "pass") == 0)
		sign = "\xe2\x9c\x93";
	else if (strcmp(tone, "fail") == 0)
		sign = "\xe2\x9c\x97";
	else
		sign = strcmp(status, "skipped") == 0 ? "\xe2\x80\x93" : "?";
	html_begin(html, "td", "class", test ? tone : NULL, "title", status,
		   NULL);
	html_begin(html, "span", "aria-hidden", "true", NULL);
	html_text(html, sign);
	html_end(html, "span");
	html_element(html, "span", "unseen", status);
	html_end(html, "td");
}

void index_side_by_side(struct html *html, const json_t *group)
{
	json_auto_t *ids = index_test_ids(group);
	json_t *entry, *id;
	size_t i, j;

	if (json_array_size(ids) == 0)
		return;
	page_section_begin(html, "h3", NULL, "Side by side on the same tests");
	page_wide_begin(html, "Table of submissions by test");
	html_begin(html, "table", "class", "matrix", NULL);
	html_element(html, "caption", NULL,
		     "\xe2\x9c\x93 passed, \xe2\x9c\x97 did not, "
		     "\xe2\x80\x93 skipped, ? inconclusive; most points first");
	html_begin(html, "thead", NULL);
	html_begin(html, "tr", NULL);
	page_heading(html, "col", NULL, "Submission");
	page_heading(html, "col", NULL, "Points");
	json_array_foreach (ids, j, id)
		page_heading(html, "col", NULL, json_string_value(id));
	html_end(html, "tr");
	html_end(html, "thead");
	html_begin(html, "tbody", NULL);
	json_array_foreach (group, i, entry) {
		html_begin(html, "tr", NULL);
		put_name(html, entry, false);
		html_elementf(html, "td", "number", "%.10g",
			      report_number(entry, "points"));
		json_array_foreach (ids, j, id)
			put_cell(html, json_object_get(
					       json_object_get(entry, "tests"),
					       json_string_value(id)));
		html_end(html, "tr");
	}
	html_end(html, "tbody");
	html_end(html, "table");
	page_wide_end(html);
	page_section_end(html);
}
