/*
 * Pairs with much code alike, each with a link to both side by side.
 */
#include <string.h>

#include <assay/cleanup.h>

#include "report_index_parts.h"
#include "report_member.h"
#include "report_page_parts.h"
#include "report_parts.h"
#include "report_similar.h"
#include "text.h"

#define LINKS_MAX 3 /* in a submission's row */
/* A pair that is listed so that one sees how far the next one is says nothing of
 * anybody; of independent solutions some have a fifth alike. */
#define LINK_SHARE_MIN 0.4

static const json_t *find_exercise(const json_t *similarity, const char *id)
{
	json_t *exercise;
	size_t i;

	json_array_foreach (json_object_get(similarity, "exercises"), i,
			    exercise)
		if (report_is(exercise, "exercise", id))
			return exercise;
	return NULL;
}

/* "12 %" */
static char *percent(double share)
{
	return text_format("%.0f %%", 100 * share);
}

static void put_pair(struct html *html, const json_t *pair)
{
	AUTO_FREE char *share = percent(report_number(pair, "share"));
	size_t regions = json_array_size(json_object_get(pair, "regions"));

	html_begin(html, "tr", NULL);
	html_begin(html, "th", "scope", "row", NULL);
	html_begin(html, "a", "href", report_string(pair, "page"), NULL);
	html_textf(html, "%s and %s", report_string(pair, "first"),
		   report_string(pair, "second"));
	html_end(html, "a");
	html_end(html, "th");
	html_element(html, "td", "number", share);
	html_begin(html, "td", NULL);
	page_bar(html, report_number(pair, "share"), 1, "");
	html_end(html, "td");
	html_elementf(html, "td", "number", "%zu", regions);
	html_end(html, "tr");
}

static void put_pairs(struct html *html, const json_t *pairs)
{
	static const char *const head[] = { "Pair", "#Alike", "Share",
					    "#Regions", NULL };
	static const char caption[] = "Pairs of submissions, most alike first";
	json_t *pair;
	size_t i;

	page_wide_begin(html, caption);
	page_table_begin(html, NULL, caption, head);
	json_array_foreach (pairs, i, pair)
		put_pair(html, pair);
	page_table_end(html);
	page_wide_end(html);
}

static void put_left_out(struct html *html, const json_t *left_out)
{
	json_t *entry;
	size_t i;

	if (json_array_size(left_out) == 0)
		return;
	html_begin(html, "details", NULL);
	html_begin(html, "summary", NULL);
	html_textf(html, "Not compared: %zu", json_array_size(left_out));
	html_end(html, "summary");
	html_begin(html, "ul", NULL);
	json_array_foreach (left_out, i, entry)
		html_elementf(html, "li", NULL, "%s %s",
			      report_string(entry, "submission"),
			      report_string(entry, "why"));
	html_end(html, "ul");
	html_end(html, "details");
}

void index_similar(struct html *html, const json_t *similarity,
		   const char *exercise_id)
{
	const json_t *exercise = find_exercise(similarity, exercise_id);
	const json_t *pairs = json_object_get(exercise, "pairs");
	AUTO_FREE char *usual = percent(report_number(exercise, "usual"));

	if (!exercise)
		return;
	page_section_begin(html, "h3", NULL, "Code that is alike");
	html_elementf(html, "p", NULL,
		      "%lld submissions were compared with each other. The "
		      "share is of the smaller one's own code: the exercise's "
		      "and what a third of all have are left out. Half of all "
		      "have %s or less alike with the one that is closest to "
		      "them.",
		      json_integer_value(json_object_get(exercise, "compared")),
		      usual);
	if (json_array_size(pairs) == 0)
		html_element(html, "p", NULL,
			     "No two have more alike than any two solutions "
			     "may.");
	else
		put_pairs(html, pairs);
	html_element(html, "p", "note", report_similar_caution);
	put_left_out(html, json_object_get(exercise, "not_compared"));
	page_section_end(html);
}

/* Into the entry of @exercise and @id, which has to be there. */
static void link_entry(json_t *entries, const char *exercise, const char *id,
		       const char *other, const json_t *pair)
{
	json_t *entry, *links, *link;
	size_t i;

	json_array_foreach (entries, i, entry) {
		if (!report_is(entry, "id", id) ||
		    !report_is(entry, "exercise", exercise))
			continue;
		links = json_object_get(entry, "alike");
		if (!links) {
			links = json_array();
			ENOUGH(links);
			report_set(entry, "alike", links);
		}
		link = json_object();
		ENOUGH(link);
		report_set(link, "with", report_text(other));
		report_set(link, "page",
			   report_text(report_string(pair, "page")));
		report_set(link, "share",
			   json_real(report_number(pair, "share")));
		report_append(links, link);
	}
}

void index_similar_link(json_t *entries, const json_t *similarity)
{
	json_t *exercise, *pair;
	size_t i, j;

	json_array_foreach (json_object_get(similarity, "exercises"), i,
			    exercise) {
		const char *id = report_string(exercise, "exercise");

		json_array_foreach (json_object_get(exercise, "pairs"), j,
				    pair) {
			const char *first = report_string(pair, "first");
			const char *second = report_string(pair, "second");

			if (report_number(pair, "share") < LINK_SHARE_MIN)
				break;
			link_entry(entries, id, first, second, pair);
			link_entry(entries, id, second, first, pair);
		}
	}
}

void index_similar_links(struct html *html, const json_t *entry)
{
	const json_t *links = json_object_get(entry, "alike");
	json_t *link;
	size_t i;

	if (json_array_size(links) == 0)
		return;
	html_begin(html, "div", "class", "property", NULL);
	html_text(html, "code alike: ");
	json_array_foreach (links, i, link) {
		AUTO_FREE char *share = percent(report_number(link, "share"));

		if (i == LINKS_MAX) {
			html_textf(html, " and %zu more",
				   json_array_size(links) - LINKS_MAX);
			break;
		}
		html_text(html, i > 0 ? ", " : "");
		html_begin(html, "a", "href", report_string(link, "page"),
			   NULL);
		html_textf(html, "%s, %s", report_string(link, "with"), share);
		html_end(html, "a");
	}
	html_end(html, "div");
}
