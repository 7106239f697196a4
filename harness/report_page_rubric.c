/*
 * What people are asked to score, what they scored, and what to ask about a
 * test in an interview. A candidate's view holds none of it.
 */
#include <stdbool.h>

#include "report_member.h"
#include "report_page_parts.h"
#include "report_view.h"

void page_questions(struct html *html, const json_t *view, const json_t *test)
{
	const json_t *questions = json_object_get(test, "questions");
	json_t *question;
	size_t i;

	if (!report_view_asks(view, test))
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
			       report_string(entry, "id"));
}

static void put_mark(struct html *html, const json_t *rating,
		     const json_t *entry)
{
	const json_t *mark = mark_of(rating, entry);
	json_int_t value = json_integer_value(json_object_get(mark, "mark"));
	const json_t *meanings = json_object_get(entry, "marks");
	const char *meaning = "";

	if (value >= 0)
		meaning = json_string_value(
			json_array_get(meanings, (size_t)value));
	html_element(html, "dt", NULL, report_string(rating, "rater"));
	html_begin(html, "dd", NULL);
	if (mark) {
		html_elementf(html, "strong", NULL, "%lld", value);
		html_textf(html, " \xe2\x80\x93 %s", meaning ? meaning : "");
	} else {
		html_element(html, "span", "soft", "not marked yet");
	}
	if (*report_string(mark, "why"))
		html_element(html, "p", "said", report_string(mark, "why"));
	html_end(html, "dd");
}

static void put_marks(struct html *html, const json_t *ratings,
		      const json_t *entry)
{
	json_t *rating;
	size_t i;

	html_begin(html, "dl", "class", "facts", NULL);
	json_array_foreach (ratings, i, rating)
		put_mark(html, rating, entry);
	html_end(html, "dl");
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
	html_element(html, "h3", NULL, report_string(entry, "title"));
	if (json_array_size(ratings) == 0) {
		put_scale(html, entry);
		return;
	}
	put_marks(html, ratings, entry);
	html_begin(html, "details", NULL);
	html_elementf(html, "summary", NULL, "What 0 to 4 mean for %s",
		      report_string(entry, "id"));
	put_scale(html, entry);
	html_end(html, "details");
}

/* ---- comments ---- */

static void put_comment(struct html *html, const json_t *view,
			const json_t *rating, const json_t *comment)
{
	const char *file = report_string(comment, "file");
	json_int_t line = json_integer_value(json_object_get(comment, "line"));

	html_begin(html, "li", NULL);
	html_elementf(html, "code", NULL, "%s:%lld", file, line);
	html_textf(html, " %s", report_string(rating, "rater"));
	html_element(html, "p", "said", report_string(comment, "text"));
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
	page_section_begin(html, "h2", "rubric",
			   json_array_size(ratings) > 0 ? "What people scored"
							: "What people score");
	html_element(html, "p", "soft",
		     "0 to 4 for each, beside the points and never added to "
		     "them.");
	json_array_foreach (rubric, i, entry)
		put_dimension(html, ratings, entry);
	put_comments(html, view);
	page_section_end(html);
}
