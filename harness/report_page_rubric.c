/*
 * What people are asked to score, what they scored, and what to ask about a
 * test in an interview. A candidate's view holds none of it.
 */
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "report_page_parts.h"
#include "text.h"

void page_questions(struct html *html, const json_t *test)
{
	const json_t *questions = json_object_get(test, "questions");
	json_t *question;
	size_t i;

	if (json_array_size(questions) == 0)
		return;
	html_element(html, "h4", NULL, "To ask in an interview");
	html_begin(html, "ul", NULL);
	json_array_foreach (questions, i, question)
		html_element(html, "li", NULL, json_string_value(question));
	html_end(html, "ul");
}

/* ---- marks ---- */

static const json_t *mark_of(const json_t *rating, const json_t *entry)
{
	return json_object_get(json_object_get(rating, "marks"),
			       page_string(entry, "id"));
}

static void put_mark(struct html *html, const json_t *rating,
		     const json_t *entry)
{
	const json_t *mark = mark_of(rating, entry);
	json_int_t value = json_integer_value(json_object_get(mark, "mark"));
	const json_t *meanings = json_object_get(entry, "marks");
	const char *meaning = "";

	if (mark && value >= 0)
		meaning = json_string_value(
			json_array_get(meanings, (size_t)value));
	html_begin(html, "tr", NULL);
	page_heading(html, "row", NULL, page_string(rating, "rater"));
	if (mark)
		html_elementf(html, "td", "number", "%lld", value);
	else
		html_element(html, "td", "number soft", "not yet");
	html_begin(html, "td", NULL);
	html_text(html, meaning);
	html_end(html, "td");
	html_element(html, "td", "said", page_string(mark, "why"));
	html_end(html, "tr");
}

static void put_marks(struct html *html, const json_t *ratings,
		      const json_t *entry)
{
	static const char *const head[] = { "Who", "#Mark", "Which means",
					    "Why", NULL };
	AUTO_FREE char *label = text_format("Marks for %s",
					    page_string(entry, "title"));
	json_t *rating;
	size_t i;

	page_wide_begin(html, label);
	html_begin(html, "table", "class", "marks", NULL);
	html_begin(html, "caption", "class", "unseen", NULL);
	html_text(html, label);
	html_end(html, "caption");
	page_head_row(html, head);
	html_begin(html, "tbody", NULL);
	json_array_foreach (ratings, i, rating)
		put_mark(html, rating, entry);
	html_end(html, "tbody");
	html_end(html, "table");
	page_wide_end(html);
}

static void put_scale(struct html *html, const json_t *entry)
{
	json_t *mark;
	size_t i;

	html_begin(html, "ol", "start", "0", NULL);
	json_array_foreach (json_object_get(entry, "marks"), i, mark)
		html_element(html, "li", NULL, json_string_value(mark));
	html_end(html, "ol");
}

static void put_dimension(struct html *html, const json_t *ratings,
			  const json_t *entry)
{
	html_element(html, "h3", NULL, page_string(entry, "title"));
	if (json_array_size(ratings) == 0) {
		put_scale(html, entry);
		return;
	}
	put_marks(html, ratings, entry);
	html_begin(html, "details", NULL);
	html_elementf(html, "summary", NULL, "What 0 to 4 mean for %s",
		      page_string(entry, "id"));
	put_scale(html, entry);
	html_end(html, "details");
}

/* ---- comments ---- */

static void put_comment(struct html *html, const json_t *view,
			const json_t *rating, const json_t *comment)
{
	const char *file = page_string(comment, "file");
	json_int_t line = json_integer_value(json_object_get(comment, "line"));

	html_begin(html, "li", NULL);
	html_elementf(html, "code", NULL, "%s:%lld", file, line);
	html_textf(html, " %s", page_string(rating, "rater"));
	html_element(html, "p", "said", page_string(comment, "text"));
	page_excerpt(html, view, file, line);
	html_end(html, "li");
}

static void put_comments(struct html *html, const json_t *view)
{
	json_t *rating, *comment;
	bool any = false;
	size_t i, j;

	json_array_foreach (json_object_get(view, "ratings"), i, rating) {
		json_array_foreach (json_object_get(rating, "comments"), j,
				    comment) {
			if (!any) {
				html_element(html, "h3", NULL,
					     "Comments on lines");
				html_begin(html, "ul", NULL);
			}
			any = true;
			put_comment(html, view, rating, comment);
		}
	}
	if (any)
		html_end(html, "ul");
}

void page_rubric(struct html *html, const json_t *view)
{
	const json_t *rubric = json_object_get(view, "rubric");
	const json_t *ratings = json_object_get(view, "ratings");
	json_t *entry;
	size_t i;

	if (json_array_size(rubric) == 0)
		return;
	html_begin(html, "h2", "id", "rubric", NULL);
	html_text(html, json_array_size(ratings) > 0 ? "What people scored"
						     : "What people score");
	html_end(html, "h2");
	html_begin(html, "div", "class", "card", NULL);
	html_element(html, "p", "soft",
		     "0 to 4 for each, beside the points and never added to "
		     "them.");
	json_array_foreach (rubric, i, entry)
		put_dimension(html, ratings, entry);
	put_comments(html, view);
	html_end(html, "div");
}
