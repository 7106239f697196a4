/*
 * What a Gradescope autograder leaves in results.json: one for each report.
 *
 * Students see the document but for tests that are "hidden". All but those is
 * therefore rendered from the candidate's view of the view: whoever it is for,
 * a student reads no more in it than a candidate may. The points are the whole
 * score, caps and hidden tests included.
 */
#include <assay/cleanup.h>

#include <string.h>

#include "format_parts.h"
#include "report_parts.h"
#include "report_view.h"
#include "text.h"

static bool is_public(const json_t *test)
{
	return strcmp(format_string(test, "visibility"), "public") == 0;
}

static json_t *test_new(const json_t *test, size_t number)
{
	enum format_outcome outcome = format_outcome(test);
	const char *title = format_string(test, "title");
	json_t *object = json_object();
	AUTO_FREE char *story = format_story(test);
	AUTO_FREE char *count = text_format("%zu", number);
	AUTO_FREE char *name = text_line(*title ? title
						: format_string(test, "id"));

	report_set(object, "name", report_text(name));
	report_set(object, "name_format", report_text("text"));
	report_set(object, "number", report_text(count));
	report_set(object, "score",
		   report_decimal(format_number(test, "points")));
	report_set(object, "max_score",
		   report_decimal(format_number(test, "maximum")));
	report_set(object, "status",
		   report_text(outcome == FORMAT_PASSED ? "passed" : "failed"));
	report_set(object, "output", report_text(story));
	report_set(object, "output_format", report_text("text"));
	if (*format_string(test, "category"))
		report_set(object, "tags",
			   json_pack("[s]", format_string(test, "category")));
	report_set(object, "visibility",
		   report_text(is_public(test) ? "visible" : "hidden"));
	return object;
}

/* Public ones as a candidate sees them, then the hidden ones of @view. */
static json_t *tests_of(const json_t *view, const json_t *candidates)
{
	json_auto_t *obstacle = format_obstacle(candidates);
	json_t *tests = json_array();
	const json_t *test;
	size_t i, number = 0;

	ENOUGH(tests);
	if (obstacle)
		report_append(tests, test_new(obstacle, ++number));
	json_array_foreach (json_object_get(candidates, "tests"), i, test)
		report_append(tests, test_new(test, ++number));
	json_array_foreach (json_object_get(view, "tests"), i, test)
		if (!is_public(test))
			report_append(tests, test_new(test, ++number));
	return tests;
}

/* One line about all of it, without a word of why. */
static char *line_of(const json_t *view)
{
	AUTO_FREE char *points = format_points(view, "score.points");
	AUTO_FREE char *maximum = format_points(view, "score.maximum");
	double undecided = format_number(view, "score.undecided");
	AUTO_FREE char *line = text_format(
		"%s %s: %s, %s of %s points%s",
		format_string(view, "exercise.id"),
		format_string(view, "exercise.version"),
		format_string(view, "score.status"), points, maximum,
		undecided > 0 ? "; some tests are undecided for a fault of the "
				"host's"
			      : "");

	return text_line(line);
}

static void document(FILE *out, const json_t *view, size_t number)
{
	json_auto_t *candidates = report_view(view, AUDIENCE_CANDIDATE);
	json_t *object = json_object();
	AUTO_FREE char *line = line_of(view);
	double wall_ms = format_number(view, "timing.wall_ms");

	(void)number;
	report_set(object, "score",
		   report_decimal(format_number(view, "score.points")));
	if (wall_ms > 0)
		report_set(object, "execution_time",
			   json_integer((json_int_t)(wall_ms / 1000 + 0.5)));
	report_set(object, "output", report_text(line));
	report_set(object, "output_format", report_text("text"));
	report_set(object, "visibility", report_text("visible"));
	report_set(object, "stdout_visibility", report_text("hidden"));
	report_set(object, "tests", tests_of(view, candidates));
	format_json(out, object);
	(void)fputc('\n', out);
}

const struct format format_gradescope = {
	.name = "gradescope",
	.suffix = ".gradescope.json",
	.together = false,
	.head = "",
	.between = "",
	.report = document,
	.tail = format_no_tail,
};
