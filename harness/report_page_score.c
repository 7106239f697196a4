/*
 * What a submission came to: the verdict, points by category, its tests.
 */
#include <string.h>

#include <assay/cleanup.h>

#include "report_member.h"
#include "report_page_parts.h"
#include "report_view.h"
#include "text.h"

static void put_cap(struct html *html, const json_t *score)
{
	const json_t *cap = json_object_get(score, "cap");

	if (!json_is_object(cap))
		return;
	html_begin(html, "p", "class", "note", NULL);
	html_textf(html, "At most %.10g points: %s",
		   report_number(cap, "points"), report_string(cap, "why"));
	html_end(html, "p");
}

static void put_undecided(struct html *html, const json_t *score)
{
	double undecided = report_number(score, "undecided");

	if (undecided <= 0)
		return;
	html_begin(html, "p", "class", "note", NULL);
	html_textf(html,
		   "%.10g points are undecided: their tests could not be run "
		   "to an end here, which is the host's fault and costs "
		   "nobody a point. Grade this submission again.",
		   undecided);
	html_end(html, "p");
}

static void put_measured(struct html *html, const json_t *score)
{
	double maximum = report_number(score, "measured_maximum");

	if (maximum <= 0)
		return;
	html_elementf(html, "p", "soft",
		      "%.10g of %.10g points come out the same on any machine; "
		      "%.10g of %.10g are measurements on this one.",
		      report_number(score, "reproducible_points"),
		      report_number(score, "reproducible_maximum"),
		      report_number(score, "measured_points"), maximum);
}

static void put_rejected(struct html *html, const json_t *view)
{
	const json_t *rejected = json_object_get(
		json_object_get(view, "submission"), "rejected");

	if (!json_is_object(rejected))
		return;
	html_begin(html, "p", "class", "note", NULL);
	html_textf(html, "Rule %s: %s", report_string(rejected, "rule"),
		   report_string(rejected, "reason"));
	html_end(html, "p");
}

void page_score(struct html *html, const json_t *view)
{
	const json_t *score = json_object_get(view, "score");
	const char *status = report_string(score, "status");
	const char *meaning = page_status_meaning(status);
	const char *message = report_string(view, "message");

	html_begin(html, "section", "class", "card", "aria-label", "Verdict",
		   NULL);
	html_begin(html, "div", "class", "verdict", NULL);
	/* A letter names what is missing test by test. */
	if (!report_view_is_candidates(view) || strcmp(status, "fail") != 0)
		page_badge(html, status, "big");
	if (report_number(score, "maximum") > 0) {
		html_begin(html, "p", "class", "points", NULL);
		html_elementf(html, "b", NULL, "%.10g",
			      report_number(score, "points"));
		html_textf(html, " of %.10g points",
			   report_number(score, "maximum"));
		html_end(html, "p");
	}
	html_end(html, "div");
	if (*meaning)
		html_element(html, "p", NULL, meaning);
	put_rejected(html, view);
	if (*message &&
	    !json_is_object(json_object_get(json_object_get(view, "submission"),
					    "rejected")))
		html_element(html, "p", NULL, message);
	put_cap(html, score);
	put_undecided(html, score);
	put_measured(html, score);
	html_end(html, "section");
}

static const char *share_tone(double points, double maximum)
{
	return points >= maximum ? "good" : "";
}

static void put_category(struct html *html, const char *name, double points,
			 double maximum)
{
	html_begin(html, "tr", NULL);
	page_heading(html, "row", NULL, name);
	html_elementf(html, "td", "number", "%.10g of %.10g", points, maximum);
	html_begin(html, "td", NULL);
	page_bar(html, points, maximum, share_tone(points, maximum));
	html_end(html, "td");
	html_end(html, "tr");
}

void page_categories(struct html *html, const json_t *view)
{
	static const char *const head[] = { "Category", "#Points", "Share",
					    NULL };
	const json_t *categories = json_object_get(
		json_object_get(view, "score"), "categories");
	const json_t *hidden = json_object_get(view, "hidden");
	json_t *category;
	size_t i;

	if (json_array_size(categories) == 0)
		return;
	page_section_begin(html, "h2", NULL, "Points by category");
	page_table_begin(html, NULL,
			 "Points earned in each category, before any cap",
			 head);
	json_array_foreach (categories, i, category)
		put_category(html, report_string(category, "category"),
			     report_number(category, "points"),
			     report_number(category, "maximum"));
	if (json_is_object(hidden))
		put_category(html, "hidden tests",
			     report_number(hidden, "points"),
			     report_number(hidden, "maximum"));
	page_table_end(html);
	page_section_end(html);
}

static void put_test_row(struct html *html, const json_t *test)
{
	const char *status = report_string(test, "status");
	const char *id = report_string(test, "id");
	const json_t *resources = json_object_get(test, "resources");
	AUTO_FREE char *anchor = html_id("#test-", id);
	AUTO_FREE char *time = page_quantity(
		report_number(resources, "wall_ms"), "ms");

	html_begin(html, "tr", NULL);
	html_begin(html, "th", "scope", "row", NULL);
	if (strcmp(status, "pass") == 0 || strcmp(status, "skipped") == 0) {
		html_text(html, id);
	} else {
		html_begin(html, "a", "href", anchor, NULL);
		html_text(html, id);
		html_end(html, "a");
	}
	if (report_is(test, "visibility", "hidden"))
		html_element(html, "span", "soft", " (hidden)");
	html_element(html, "div", "property", report_string(test, "property"));
	html_end(html, "th");
	html_begin(html, "td", NULL);
	page_badge(html, status, NULL);
	html_end(html, "td");
	html_elementf(html, "td", "number", "%.10g of %.10g",
		      report_number(test, "points"),
		      report_number(test, "maximum"));
	html_element(html, "td", "number time",
		     json_is_object(resources) ? time : "not run");
	html_end(html, "tr");
}

void page_test_table(struct html *html, const json_t *view)
{
	static const char *const head[] = { "Test and what it checks",
					    "Outcome", "#Points", "#Time",
					    NULL };
	const json_t *tests = json_object_get(view, "tests");
	json_t *test;
	size_t i;

	if (json_array_size(tests) == 0)
		return;
	page_section_begin(html, "h2", "tests", "Tests");
	page_table_begin(
		html, NULL,
		"Every test in the order in which it ran; those that did "
		"not pass lead to their evidence",
		head);
	json_array_foreach (tests, i, test)
		put_test_row(html, test);
	page_table_end(html);
	page_section_end(html);
}
