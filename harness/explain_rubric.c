/*
 * What people scored, and said of lines: below the tests.
 */
#include "explain_parts.h"

#include <assay/cleanup.h>

#include "report_member.h"
#include "text.h"

#define INDENT 2

/* "3 ann  4 bob", or nothing. free() it. */
static char *marks_of(const json_t *ratings, const char *dimension)
{
	char *text = NULL;
	json_t *rating;
	size_t size = 0, i;
	FILE *out = open_memstream(&text, &size);

	ENOUGH(out);
	json_array_foreach (ratings, i, rating) {
		const json_t *mark = json_object_get(
			json_object_get(rating, "marks"), dimension);

		if (mark)
			(void)fprintf(out, "%s%lld %s",
				      ftell(out) > 0 ? ", " : "",
				      json_integer_value(
					      json_object_get(mark, "mark")),
				      report_string(rating, "rater"));
	}
	text_stream_close(out, &text);
	return text;
}

static void print_reasons(struct paper *paper, const json_t *ratings,
			  const char *dimension)
{
	json_t *rating;
	size_t i;

	json_array_foreach (ratings, i, rating) {
		const char *why = report_string(
			json_object_get(json_object_get(rating, "marks"),
					dimension),
			"why");
		AUTO_FREE char *text = text_format(
			"%s: %s", report_string(rating, "rater"), why);

		if (*why)
			paper_text(paper, 2 * INDENT, "", text);
	}
}

static void print_comments(struct paper *paper, const json_t *rating)
{
	json_t *comment;
	size_t i;

	json_array_foreach (json_object_get(rating, "comments"), i, comment) {
		AUTO_FREE char *text = text_format(
			"%s:%lld %s: %s", report_string(comment, "file"),
			json_integer_value(json_object_get(comment, "line")),
			report_string(rating, "rater"),
			report_string(comment, "text"));

		paper_text(paper, INDENT, "", text);
	}
}

void explain_rubric(struct paper *paper, const json_t *view)
{
	const json_t *ratings = json_object_get(view, "ratings");
	json_t *entry, *rating;
	size_t i;

	if (json_array_size(ratings) == 0)
		return;
	(void)fputc('\n', paper->out);
	paper_text(paper, 0, "",
		   "What people scored, 0 to 4 and never added to the points:");
	json_array_foreach (json_object_get(view, "rubric"), i, entry) {
		const char *id = report_string(entry, "id");
		AUTO_FREE char *marks = marks_of(ratings, id);
		AUTO_FREE char *text = text_format(
			"%s: %s", id, *marks ? marks : "not marked");

		paper_text(paper, INDENT, "", text);
		print_reasons(paper, ratings, id);
	}
	json_array_foreach (ratings, i, rating)
		print_comments(paper, rating);
}
