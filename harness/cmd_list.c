/*
 * cmd_list.c - "assay list": what exercises there are
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "command.h"
#include "commands.h"
#include "exercise.h"
#include "home.h"
#include "text.h"

static const char help[] =
	"usage: assay list [OPTIONS]\n"
	"\n"
	"List the exercises, one per line.\n"
	"\n"
	"      --json  print a JSON array instead\n"
	"      --help\n"
	"\n"
	"The folder of exercises is $ASSAY_EXERCISES, else the one that came\n"
	"with this program.\n"
	"\n"
	"example: assay list --json\n";

static const struct option long_options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

#define COLUMNS 5

/* The table: a row is its texts, the first one the head. */
struct table {
	char *cells[COLUMNS];
	struct table *next;
};

static struct table *row_new(const char *id, const char *title,
			     const char *minutes, const char *points,
			     const char *languages)
{
	struct table *row = calloc(1, sizeof *row);
	const char *texts[COLUMNS] = { id, title, minutes, points, languages };

	ENOUGH(row != NULL);
	for (size_t i = 0; i < COLUMNS; i++)
		row->cells[i] = text_line(texts[i]);
	return row;
}

static char *languages_of(const struct exercise *exercise)
{
	char *names = text_format("%s", exercise->languages[0].name);

	for (size_t i = 1; i < exercise->language_count; i++) {
		char *longer = text_format("%s, %s", names,
					   exercise->languages[i].name);

		free(names);
		names = longer;
	}
	return names;
}

static unsigned points_of(const struct exercise *exercise,
			  enum visibility visibility)
{
	unsigned points = 0;

	for (size_t i = 0; i < exercise->test_count; i++)
		if (exercise->tests[i].visibility == visibility)
			points += exercise->tests[i].points;
	return points;
}

static struct table *row_of(const struct exercise *exercise)
{
	unsigned public = points_of(exercise, VISIBILITY_PUBLIC);
	unsigned hidden = points_of(exercise, VISIBILITY_HIDDEN);
	AUTO_FREE char *minutes = text_format("%u min",
					      exercise->time_box_minutes);
	AUTO_FREE char *points = hidden ? text_format("%u + %u hidden", public,
						      hidden)
					: text_format("%u", public);
	AUTO_FREE char *languages = languages_of(exercise);

	return row_new(exercise->id, exercise->title, minutes, points,
		       languages);
}

static json_t *strings_json(char *const *list)
{
	json_t *array = json_array();

	for (; list && *list; list++)
		CHECK(json_array_append_new(array, json_string(*list)) == 0);
	return array;
}

static json_t *exercise_json(const struct exercise *exercise)
{
	json_t *languages = json_array();
	json_t *object;

	for (size_t i = 0; i < exercise->language_count; i++)
		CHECK(json_array_append_new(
			      languages,
			      json_string(exercise->languages[i].name)) == 0);
	object = json_pack(
		"{ss, ss, ss, ss, so, so, si, si, si, so}", "id", exercise->id,
		"version", exercise->version, "title", exercise->title,
		"summary", exercise->summary, "topics",
		strings_json(exercise->topics), "qualifications",
		strings_json(exercise->qualifications), "time_box_minutes",
		(int)exercise->time_box_minutes, "public_points",
		(int)points_of(exercise, VISIBILITY_PUBLIC), "hidden_points",
		(int)points_of(exercise, VISIBILITY_HIDDEN), "languages",
		languages);
	CHECK(object != NULL);
	return object;
}

static void print_table(const struct table *table)
{
	size_t widths[COLUMNS] = { 0 };

	for (const struct table *row = table; row; row = row->next)
		for (size_t i = 0; i < COLUMNS; i++)
			if (text_columns(row->cells[i]) > widths[i])
				widths[i] = text_columns(row->cells[i]);
	for (const struct table *row = table; row; row = row->next) {
		for (size_t i = 0; i < COLUMNS - 1; i++) {
			size_t gap = widths[i] + 2 -
				     text_columns(row->cells[i]);

			(void)printf("%s%*s", row->cells[i], (int)gap, "");
		}
		(void)puts(row->cells[COLUMNS - 1]);
	}
}

static void table_free(struct table *table)
{
	while (table) {
		struct table *next = table->next;

		for (size_t i = 0; i < COLUMNS; i++)
			free(table->cells[i]);
		free(table);
		table = next;
	}
}

/* One that is broken is told of, and the rest listed. */
static int list(const char *root, char *const *ids, bool as_json)
{
	struct table *table = row_new("EXERCISE", "TITLE", "TIME", "POINTS",
				      "LANGUAGES");
	json_auto_t *array = json_array();
	struct table **last = &table->next;
	int status = COMMAND_DONE;

	for (; *ids; ids++) {
		struct exercise *exercise;
		struct error err;

		if (exercise_load(root, *ids, &exercise, &err) < 0) {
			status = command_status_of(err.code);
			(void)command_usage("list", "exercise %s: %s", *ids,
					    err.text);
			continue;
		}
		*last = row_of(exercise);
		last = &(*last)->next;
		CHECK(json_array_append_new(array, exercise_json(exercise)) ==
		      0);
		exercise_free(exercise);
	}
	if (as_json)
		(void)json_dumpf(array, stdout, JSON_INDENT(2));
	if (as_json)
		(void)putchar('\n');
	else
		print_table(table);
	table_free(table);
	return fflush(stdout) ? COMMAND_FAULT : status;
}

int cmd_list(int argc, char **argv)
{
	const char *root = home_exercises();
	string_list ids = NULL;
	bool as_json = false;
	struct error err;
	int option, status;

	optind = 0;
	while ((option = getopt_long(argc, argv, ":", long_options, NULL)) !=
	       -1) {
		if (option == 'h')
			return command_help(help);
		if (option != 'j')
			return command_bad_option("list", argv, option);
		as_json = true;
	}
	if (optind < argc)
		return command_usage("list",
				     "unexpected '%s' (see assay list --help)",
				     argv[optind]);
	if (!root)
		return command_fault("list", "there is no folder of exercises; "
					     "set ASSAY_EXERCISES");
	if (exercise_list(root, &ids, &err) < 0) {
		(void)command_usage("list", "%s", err.text);
		return command_status_of(err.code);
	}
	status = list(root, ids, as_json);
	string_list_free(ids);
	return status;
}
