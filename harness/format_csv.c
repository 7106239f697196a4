/*
 * CSV: a line for each test.
 */
#include <assay/cleanup.h>

#include "csv.h"
#include "format_parts.h"
#include "text.h"

/* Where each column is in a test; the numbers are marked. */
static const struct {
	const char *path;
	bool number;
} columns[] = {
	{ "id", false },
	{ "title", false },
	{ "category", false },
	{ "visibility", false },
	{ "status", false },
	{ "points", true },
	{ "maximum", true },
	{ "repeat.passed", true },
	{ "repeat.ran", true },
	{ "repeat.of", true },
	{ "resources.wall_ms", true },
	{ "resources.user_ms", true },
	{ "resources.system_ms", true },
	{ "resources.peak_bytes", true },
};

static void number_field(FILE *out, const json_t *value)
{
	(void)fputc(',', out);
	if (json_is_number(value))
		(void)fprintf(out, "%.15g", json_number_value(value));
}

/* "synchronization: 3 ann, 2 bob; time: 4 ann", the same in each line of a
 * submission; "" without. free() it. */
static char *marks_of(const json_t *view)
{
	char *text = NULL;
	json_t *entry, *rating, *mark;
	size_t size = 0, i, j;
	FILE *out = open_memstream(&text, &size);

	ENOUGH(out);
	json_array_foreach (json_object_get(view, "rubric"), i, entry) {
		const char *id = format_string(entry, "id");
		bool any = false;

		json_array_foreach (json_object_get(view, "ratings"), j,
				    rating) {
			mark = json_object_get(json_object_get(rating, "marks"),
					       id);
			if (!mark)
				continue;
			if (!any)
				(void)fprintf(out, "%s%s:",
					      ftell(out) > 0 ? "; " : "", id);
			(void)fprintf(out, "%s %.10g %s", any ? "," : "",
				      format_number(mark, "mark"),
				      format_string(rating, "rater"));
			any = true;
		}
	}
	text_stream_close(out, &text);
	return text;
}

static void line(FILE *out, const json_t *view, const json_t *test)
{
	AUTO_FREE char *message = format_message(test);
	AUTO_FREE char *marks = marks_of(view);
	size_t i;

	csv_field(out, format_string(view, "submission.id"), "");
	csv_field(out, format_string(view, "exercise.id"), ",");
	for (i = 0; i < sizeof columns / sizeof *columns; i++) {
		const char *path = columns[i].path;

		if (columns[i].number)
			number_field(out, format_value(test, path));
		else
			csv_field(out, format_string(test, path), ",");
	}
	csv_field(out, message, ",");
	csv_field(out, marks, ",");
	csv_end(out);
}

static void lines(FILE *out, const json_t *view, size_t number)
{
	json_auto_t *obstacle = format_obstacle(view);
	const json_t *test;
	size_t i;

	(void)number;
	if (obstacle)
		line(out, view, obstacle);
	json_array_foreach (json_object_get(view, "tests"), i, test)
		line(out, view, test);
}

const struct format format_csv = {
	.name = "csv",
	.suffix = ".csv",
	.together = true,
	.head = "submission,exercise,test,title,category,visibility,status,"
		"points,maximum,passed,ran,of,wall_ms,user_ms,system_ms,"
		"peak_bytes,message,marks\r\n",
	.between = "",
	.report = lines,
	.tail = format_no_tail,
};
