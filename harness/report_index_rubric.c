/*
 * What people scored in a batch: everybody's marks beside each other, and for
 * each two raters how far they agree on the submissions that both have marked.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "kappa.h"
#include "rating.h"
#include "report_index_parts.h"
#include "report_member.h"
#include "report_page_parts.h"
#include "report_parts.h"
#include "text.h"

/* ---- who and what there is ---- */

/* Where @name belongs among @raters, which are sorted; *there if it is one. */
static size_t place_of(const json_t *raters, const char *name, bool *there)
{
	json_t *rater;
	size_t i;

	*there = false;
	json_array_foreach (raters, i, rater) {
		int order = strcmp(json_string_value(rater), name);

		*there = order == 0;
		if (order >= 0)
			return i;
	}
	return i;
}

/* The names of all raters of @group, sorted. A new reference. */
static json_t *raters_of(const json_t *group)
{
	json_t *raters = json_array(), *entry, *marks;
	const char *rater;
	bool there;
	size_t i;

	ENOUGH(raters);
	json_array_foreach (group, i, entry) {
		json_object_foreach (json_object_get(entry, "ratings"), rater,
				     marks) {
			size_t at = place_of(raters, rater, &there);

			if (!there)
				ENOUGH(json_array_insert_new(
					       raters, at,
					       json_string(rater)) == 0);
		}
	}
	return raters;
}

/* [{"id", "title"}, ...] that any of @group has. A new reference. */
static json_t *dimensions_of(const json_t *group)
{
	json_auto_t *seen = json_object();
	json_t *dimensions = json_array(), *entry, *dimension;
	size_t i, j;

	ENOUGH(seen && dimensions);
	json_array_foreach (group, i, entry)
		json_array_foreach (json_object_get(entry, "rubric"), j,
				    dimension) {
			const char *id = report_string(dimension, "id");

			if (json_object_get(seen, id))
				continue;
			report_set(seen, id, json_true());
			report_append(dimensions, json_incref(dimension));
		}
	return dimensions;
}

/* -1 where there is none. */
static int mark_of(const json_t *entry, const char *rater,
		   const char *dimension)
{
	const json_t *mark = json_object_get(
		json_object_get(json_object_get(entry, "ratings"), rater),
		dimension);
	json_int_t value = json_integer_value(mark);

	return json_is_integer(mark) && value >= 0 && value < RATING_MARKS
		       ? (int)value
		       : -1;
}

/* ---- agreement ---- */

/* What @one and @other gave of @dimension, or of all where that is NULL. */
static void compare(const json_t *group, const json_t *dimensions,
		    const char *one, const char *other, const char *dimension,
		    struct kappa *kappa)
{
	size_t room = json_array_size(group) * json_array_size(dimensions);
	AUTO_FREE struct kappa_pair *pairs = calloc(room + 1, sizeof *pairs);
	json_t *entry, *part;
	size_t count = 0, i, j;

	ENOUGH(pairs);
	json_array_foreach (group, i, entry) {
		json_array_foreach (dimensions, j, part) {
			const char *id = report_string(part, "id");
			int left = mark_of(entry, one, id);
			int right = mark_of(entry, other, id);

			if ((dimension && strcmp(dimension, id) != 0) ||
			    left < 0 || right < 0)
				continue;
			pairs[count++] = (struct kappa_pair){
				.one = (unsigned)left,
				.other = (unsigned)right,
				.subject = i,
			};
		}
	}
	kappa_of(pairs, count, RATING_MARKS, KAPPA_QUADRATIC, kappa);
}

static void put_agreement(struct html *html, const char *what,
			  const struct kappa *kappa)
{
	AUTO_FREE char *words = kappa_words(kappa, RATING_MARKS);

	html_begin(html, "tr", NULL);
	page_heading(html, "row", NULL, what);
	if (kappa->state == KAPPA_KNOWN)
		html_elementf(html, "td", "number", "%.2f", kappa->value);
	else
		html_element(html, "td", "number", "\xe2\x80\x93");
	if (kappa->interval)
		html_elementf(html, "td", "number", "%.2f to %.2f", kappa->low,
			      kappa->high);
	else
		html_element(html, "td", "number", "none");
	html_elementf(html, "td", "number", "%zu", kappa->subjects);
	html_elementf(html, "td", "number", "%zu of %zu", kappa->equal,
		      kappa->pairs);
	html_element(html, "td", "words", words);
	html_end(html, "tr");
}

static void put_two(struct html *html, const json_t *group,
		    const json_t *dimensions, const char *one,
		    const char *other)
{
	static const char *const head[] = {
		"Dimension",       "#Kappa",         "#95 % interval",
		"#Marked by both", "#The same mark", "In words",
		NULL
	};
	AUTO_FREE char *caption = text_format("%s and %s", one, other);
	AUTO_FREE char *label = text_format("Agreement of %s", caption);
	struct kappa kappa;
	json_t *dimension;
	size_t i;

	page_wide_begin(html, label);
	page_table_begin(html, "marks", caption, head);
	json_array_foreach (dimensions, i, dimension) {
		const char *id = report_string(dimension, "id");

		compare(group, dimensions, one, other, id, &kappa);
		put_agreement(html, id, &kappa);
	}
	compare(group, dimensions, one, other, NULL, &kappa);
	put_agreement(html, "together", &kappa);
	page_table_end(html);
	page_wide_end(html);
}

static bool share_any(const json_t *group, const json_t *dimensions,
		      const char *one, const char *other)
{
	struct kappa kappa;

	compare(group, dimensions, one, other, NULL, &kappa);
	return kappa.pairs > 0;
}

static void put_method(struct html *html)
{
	html_element(
		html, "p", "soft",
		"Kappa is Cohen's, weighted by the square of how far two marks "
		"are apart: 1 is full agreement, 0 as much as chance would "
		"give. Interval: large-sample, by Fleiss, Cohen and Everitt "
		"1969, with the marks of one submission taken as one case; "
		"words by Landis and Koch 1977. Where raters differ, read "
		"their reasons: an average hides what to talk about.");
}

static void put_agreements(struct html *html, const json_t *group,
			   const json_t *dimensions, const json_t *raters)
{
	size_t count = json_array_size(raters), i, j;
	bool any = false;

	html_element(html, "h4", NULL, "How far two raters agree");
	for (i = 0; i < count; i++)
		for (j = i + 1; j < count; j++) {
			const char *one = json_string_value(
				json_array_get(raters, i));
			const char *other = json_string_value(
				json_array_get(raters, j));

			if (!share_any(group, dimensions, one, other))
				continue;
			any = true;
			put_two(html, group, dimensions, one, other);
		}
	if (any)
		put_method(html);
	else
		html_element(html, "p", "soft",
			     "No two raters have marked the same submission.");
}

/* ---- all marks ---- */

/* "ann 3, bob 2", or nothing. */
static void put_marks(struct html *html, const json_t *entry,
		      const json_t *raters, const char *dimension)
{
	bool any = false;
	json_t *rater;
	size_t i;

	html_begin(html, "td", NULL);
	json_array_foreach (raters, i, rater) {
		const char *name = json_string_value(rater);
		int mark = mark_of(entry, name, dimension);

		if (mark < 0)
			continue;
		html_textf(html, "%s%s %d", any ? ", " : "", name, mark);
		any = true;
	}
	html_end(html, "td");
}

static void put_everybody(struct html *html, const json_t *group,
			  const json_t *dimensions, const json_t *raters)
{
	json_t *entry, *dimension;
	size_t i, j;

	page_wide_begin(html, "Table of what people scored");
	html_begin(html, "table", "class", "marks", NULL);
	html_element(html, "caption", NULL,
		     "0 to 4, beside the points and never added to them; most "
		     "points first");
	html_begin(html, "thead", NULL);
	html_begin(html, "tr", NULL);
	page_heading(html, "col", NULL, "Submission");
	json_array_foreach (dimensions, j, dimension)
		page_heading(html, "col", NULL, report_string(dimension, "id"));
	html_end(html, "tr");
	html_end(html, "thead");
	html_begin(html, "tbody", NULL);
	json_array_foreach (group, i, entry) {
		if (json_object_size(json_object_get(entry, "ratings")) == 0)
			continue;
		html_begin(html, "tr", NULL);
		page_heading(html, "row", NULL, report_string(entry, "id"));
		json_array_foreach (dimensions, j, dimension)
			put_marks(html, entry, raters,
				  report_string(dimension, "id"));
		html_end(html, "tr");
	}
	html_end(html, "tbody");
	html_end(html, "table");
	page_wide_end(html);
}

void index_rubric(struct html *html, const json_t *group)
{
	json_auto_t *raters = raters_of(group);
	json_auto_t *dimensions = dimensions_of(group);

	if (json_array_size(raters) == 0)
		return;
	page_section_begin(html, "h3", NULL, "What people scored");
	put_everybody(html, group, dimensions, raters);
	if (json_array_size(raters) > 1)
		put_agreements(html, group, dimensions, raters);
	page_section_end(html);
}
