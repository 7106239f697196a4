/*
 * A schedule that shows a failure, as a code flow.
 *
 * It is drawn with a column for each thread,
 *
 *     step  t0   t1
 *       30  *         pool.c:319 add_thread    creates thread 1
 *
 * and what is not such a row is no step.
 */
#include <assay/cleanup.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "format_parts.h"
#include "format_sarif.h"
#include "report_parts.h"
#include "text.h"

struct step {
	long number;
	size_t column; /* of the star */
	char *file;    /* to be freed */
	long line;
	const char *words;
};

static bool step_parse(const char *row, struct step *step)
{
	const char *place, *colon;
	char *end;

	step->number = strtol(row, &end, 10);
	if (end == row || step->number < 0)
		return false;
	end += strspn(end, " ");
	if (*end != '*' || end[1] != ' ')
		return false;
	step->column = (size_t)(end - row);
	place = end + 1 + strspn(end + 1, " ");
	colon = strchr(place, ':');
	step->words = place;
	if (!colon || !isdigit((unsigned char)colon[1]) ||
	    memchr(place, ' ', (size_t)(colon - place)))
		return false;
	step->file = text_format("%.*s", (int)(colon - place), place);
	step->line = strtol(colon + 1, NULL, 10);
	return true;
}

/* The name of the column that @column is in, by the head: "t1". */
static char *thread_at(const char *head, size_t column)
{
	size_t size = strlen(head), length;

	if (column >= size || head[column] == ' ')
		return NULL;
	length = strcspn(head + column, " ");
	return text_format("%.*s", (int)length, head + column);
}

static bool is_candidates(const json_t *view, const char *path)
{
	const json_t *file;
	size_t i;

	json_array_foreach (format_value(view, "submission.files"), i, file)
		if (strcmp(format_string(file, "path"), path) == 0)
			return strcmp(format_string(file, "role"),
				      "candidate") == 0;
	return false;
}

/* The steps of the thread @name, made when it has none. */
static json_t *steps_of(json_t *threads, const char *name)
{
	json_t *steps = json_object_get(threads, name);

	if (!steps) {
		steps = json_array();
		report_set(threads, name, steps);
	}
	return steps;
}

json_t *sarif_flow_of_schedule(const json_t *view, const json_t *trace)
{
	const json_t *lines = json_object_get(trace, "lines");
	const char *head = json_string_value(json_array_get(lines, 0));
	json_auto_t *by_name = json_object();
	json_t *threads = json_array(), *steps;
	const json_t *line;
	const char *name;
	size_t i;

	ENOUGH(by_name && threads);
	json_array_foreach (lines, i, line) {
		struct step step = { 0 };
		AUTO_FREE char *thread = NULL;
		AUTO_FREE char *words = NULL;

		if (!json_is_string(line) ||
		    !step_parse(json_string_value(line), &step))
			continue;
		thread = thread_at(head, step.column);
		words = text_line(step.words);
		if (thread)
			sarif_add_step(
				steps_of(by_name, thread),
				sarif_location(is_candidates(view, step.file)
						       ? step.file
						       : "",
					       (double)step.line, 0, NULL,
					       words),
				step.number);
		free(step.file);
	}
	json_object_foreach (by_name, name, steps)
		sarif_add_thread(threads, name, json_incref(steps));
	return sarif_flow_new(threads, format_string(trace, "title"));
}
