/*
 * cmd_report_similarity.c - "assay report --similarity"
 */
#include "cmd_report.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include <assay/cleanup.h>

#include "command.h"
#include "home.h"
#include "report_member.h"
#include "report_similar.h"
#include "report_site.h"
#include "similar_batch.h"
#include "text.h"

#define WIDTH 80
#define NAME_COLUMNS 22
#define PLACE_COLUMNS (WIDTH - 6 - 2 * (NAME_COLUMNS + 2))

int report_similarity_check(enum audience audience, const struct format *format,
			    bool folder, char *const *paths, int count)
{
	if (audience == AUDIENCE_CANDIDATE)
		return command_usage("report",
				     "--similarity shows candidates each "
				     "other's code: it does not go with "
				     "--audience candidate");
	if (count != 1 || !report_list_is_folder(paths[0]))
		return command_usage("report",
				     "--similarity is of one result folder, "
				     "whose journal says where its submissions "
				     "are (--merge makes one of several)");
	if (format && strcmp(format->name, "html") != 0)
		return command_usage("report",
				     "--similarity goes with --format text, "
				     "json or html, not %s",
				     format->name);
	if (format && !folder)
		return command_usage(
			"report", "--similarity has many pages: -o names the "
				  "folder for them");
	return COMMAND_DONE;
}

/* ---- for people ---- */

/* @text in so many columns, two blanks behind. */
static void put_column(FILE *out, const char *text, size_t columns)
{
	AUTO_FREE char *fitted = text_fitted(text, columns);
	size_t blanks = columns - text_columns(fitted) + 2;

	(void)fprintf(out, "%s%*s", fitted, (int)blanks, "");
}

static void put_words(FILE *out, const char *words)
{
	AUTO_FREE char *copy = text_format("%s", words);
	char *rest = copy, *word;
	size_t column = 0;

	while ((word = strsep(&rest, " "))) {
		if (column > 0 && column + 1 + strlen(word) > WIDTH) {
			(void)fputc('\n', out);
			column = 0;
		}
		column += (size_t)fprintf(out, "%s%s", column ? " " : "", word);
	}
	(void)fputc('\n', out);
}

/* Where most of it is: "bq.c:10-42, 88-120". free() it. */
static char *places_of(const json_t *pair)
{
	const json_t *region = json_array_get(json_object_get(pair, "regions"),
					      0);
	const json_t *first = json_object_get(region, "first");
	const json_t *second = json_object_get(region, "second");
	const char *file = report_string_or(first, "file", "?");
	const char *other = report_string_or(second, "file", "?");
	bool same = strcmp(file, other) == 0;

	return text_format("%s:%lld-%lld, %s%s%lld-%lld", file,
			   json_integer_value(json_object_get(first, "from")),
			   json_integer_value(json_object_get(first, "to")),
			   same ? "" : other, same ? "" : ":",
			   json_integer_value(json_object_get(second, "from")),
			   json_integer_value(json_object_get(second, "to")));
}

static void print_pair(FILE *out, const json_t *pair)
{
	AUTO_FREE char *places = places_of(pair);
	AUTO_FREE char *fitted = text_fitted(places, PLACE_COLUMNS);

	(void)fprintf(out, "%3.0f %%  ",
		      100 * json_number_value(json_object_get(pair, "share")));
	put_column(out, report_string(pair, "first"), NAME_COLUMNS);
	put_column(out, report_string(pair, "second"), NAME_COLUMNS);
	(void)fprintf(out, "%s\n", fitted);
}

static void print_left_out(FILE *out, const json_t *exercise)
{
	json_t *entry;
	size_t i;

	json_array_foreach (json_object_get(exercise, "not_compared"), i,
			    entry) {
		AUTO_FREE char *line = text_line(
			report_string(entry, "submission"));

		(void)fprintf(out, "not compared: %s %s\n", line,
			      report_string(entry, "why"));
	}
}

static void print_exercise(FILE *out, const json_t *exercise)
{
	const json_t *pairs = json_object_get(exercise, "pairs");
	json_t *pair;
	size_t i;

	(void)fprintf(
		out, "%s: %lld submissions compared\n\n",
		report_string(exercise, "exercise"),
		json_integer_value(json_object_get(exercise, "compared")));
	if (json_array_size(pairs) > 0) {
		(void)fputs("alike  ", out);
		put_column(out, "submission", NAME_COLUMNS);
		put_column(out, "and", NAME_COLUMNS);
		(void)fputs("most of it is in\n", out);
	}
	json_array_foreach (pairs, i, pair)
		print_pair(out, pair);
	(void)fprintf(
		out,
		"%sHalf of all have %.0f %% or less alike with the "
		"one that is closest.\n",
		json_array_size(pairs) > 0 ? "\n" : "",
		100 * json_number_value(json_object_get(exercise, "usual")));
	print_left_out(out, exercise);
	(void)fputc('\n', out);
}

static void print_document(FILE *out, const json_t *document)
{
	json_t *exercise;
	size_t i;

	json_array_foreach (json_object_get(document, "exercises"), i, exercise)
		print_exercise(out, exercise);
	put_words(out, report_similar_caution);
}

/* ---- what is compared ---- */

static int compare(struct similar_options *options, json_t **ret)
{
	struct error err = { 0 };

	options->exercises = home_exercises();
	if (!options->exercises)
		return command_fault("report",
				     "no folder of exercises is found: set "
				     "ASSAY_EXERCISES");
	if (similar_batch(options, ret, &err) == 0)
		return COMMAND_DONE;
	return command_input("report", err.code, "--similarity: %s", err.text);
}

int report_similarity_print(const char *results, bool json, FILE *out)
{
	struct similar_options options = { .folder = results };
	json_auto_t *document = NULL;
	int status = compare(&options, &document);

	if (status)
		return status;
	if (json) {
		(void)json_dumpf(document, out, SIMILARITY_DUMP);
		(void)fputc('\n', out);
	} else {
		print_document(out, document);
	}
	return COMMAND_DONE;
}

static int add_page(void *data, json_t *pair,
		    const struct fileset *const files[2], struct error *err)
{
	struct report_similar page = {
		.files = { files[0], files[1] },
		.names = { report_string(pair, "first"),
			   report_string(pair, "second") },
	};

	return report_site_pair(data, pair, &page, err);
}

int report_similarity_site(const char *results, struct report_site *site)
{
	struct similar_options options = {
		.folder = results,
		.pair = add_page,
		.data = site,
	};
	json_auto_t *document = NULL;
	struct error err = { 0 };
	int status = compare(&options, &document);

	if (status)
		return status;
	if (report_site_similar(site, document, &err) < 0)
		return command_input("report", err.code, "%s", err.text);
	return COMMAND_DONE;
}
