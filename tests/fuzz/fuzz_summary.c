/*
 * fuzz_summary.c - a batch in CSV and in a table
 *
 * An input is strings that candidates and authors choose, one behind the
 * other with a NUL between. A spreadsheet must not take one for a formula, and
 * a reader of RFC 4180 must find them again where they were put.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report_member.h"
#include "summary_parts.h"
#include "text.h"

#define LINES_MAX 8

static const char *const keys[] = { "submission",     "exercise", "status",
				    "verdict_digest", "report",   "reason" };

static json_t *string(struct fuzz_input *input)
{
	AUTO_FREE char *bytes = fuzz_string(input);
	AUTO_FREE char *clean = text_clean(bytes, strlen(bytes), SIZE_MAX);
	json_t *value = json_string(clean);

	CHECK(value);
	return value;
}

static json_t *line(struct fuzz_input *input)
{
	json_t *object = json_object(), *categories = json_object();
	unsigned count = fuzz_byte(input) % 3;

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		CHECK(json_object_set_new(object, keys[i], string(input)) == 0);
	while (count-- > 0) {
		json_t *name = string(input);

		CHECK(json_object_set_new(categories, json_string_value(name),
					  json_real(fuzz_byte(input) / 7.0)) ==
		      0);
		json_decref(name);
	}
	CHECK(json_object_set_new(object, "categories", categories) == 0);
	CHECK(json_object_set_new(object, "points",
				  json_integer(fuzz_byte(input))) == 0);
	return object;
}

/* The next field from *at, unquoted; *last tells whether it ends a line. */
static char *field(const char **at, bool *last)
{
	const char *c = *at;
	char *text = malloc(strlen(c) + 1), *to = text;
	bool quoted = *c == '"';

	CHECK(text);
	for (c += quoted; *c; c++) {
		if (quoted && *c == '"' && *++c != '"')
			break;
		if (!quoted && (*c == ',' || *c == '\r'))
			break;
		CHECK(quoted || *c != '"');
		*to++ = *c;
	}
	*to = '\0';
	CHECK(*c == ',' || strncmp(c, "\r\n", 2) == 0);
	*last = *c == '\r';
	*at = c + (*last ? 2 : 1);
	return text;
}

static void check_field(const char *text)
{
	static const char *const starts[] = { "=", "+", "-", "@", "\t", "\r" };

	fuzz_check_line(text);
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		CHECK(strncmp(text + strspn(text, " "), starts[i], 1) != 0);
}

/* What a string is in a table: an apostrophe in front of a formula. */
static void check_same(const char *text, const char *value)
{
	AUTO_FREE char *shown = text_line(value);

	CHECK(strcmp(text, shown) == 0 ||
	      (*text == '\'' && strcmp(text + 1, shown) == 0));
}

static void check_csv(const json_t *lines, const char *csv)
{
	const char *at = csv;
	size_t columns = 0;
	bool last = false;

	fuzz_check_utf8(csv);
	while (!last) {
		AUTO_FREE char *text = field(&at, &last);

		check_field(text);
		columns++;
	}
	for (size_t i = 0; i < json_array_size(lines); i++) {
		const json_t *object = json_array_get(lines, i);

		for (size_t j = 0; j < columns; j++) {
			AUTO_FREE char *text = field(&at, &last);

			check_field(text);
			if (j < 3)
				check_same(text,
					   report_string(object, keys[j]));
			CHECK(last == (j + 1 == columns));
		}
	}
	CHECK(*at == '\0');
}

static json_t *get_line(const void *data, size_t i)
{
	return json_incref(json_array_get(data, i));
}

static struct summary_lines lines_of(const json_t *lines)
{
	return (struct summary_lines){ json_array_size(lines), get_line,
				       lines };
}

static void check_table(const json_t *array)
{
	struct summary_lines lines = lines_of(array);
	json_auto_t *totals = json_pack("{s:i,s:{}}", "submissions", 1,
					"statuses");
	AUTO_FREE char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	char *rest;
	char *row;

	CHECK(out && totals);
	summary_table(&lines, totals, out, false);
	CHECK(fclose(out) == 0);
	fuzz_check_text(text);
	CHECK(!strchr(text, '\t'));
	rest = text;
	while ((row = strsep(&rest, "\n")))
		CHECK(text_columns(row) <= 80);
}

static char *csv_of(const json_t *array)
{
	struct summary_lines lines = lines_of(array);
	json_auto_t *categories = NULL;
	char *text = NULL;
	size_t size = 0, i;
	FILE *out = open_memstream(&text, &size);

	CHECK(out);
	categories = summary_csv_head(&lines, out);
	for (i = 0; i < lines.count; i++)
		summary_csv_line(json_array_get(array, i), categories, out);
	CHECK(fclose(out) == 0);
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = fuzz_input(data, size);
	json_auto_t *lines = json_array();
	AUTO_FREE char *csv = NULL;

	CHECK(lines);
	while (fuzz_left(&input) > 0 && json_array_size(lines) < LINES_MAX)
		CHECK(json_array_append_new(lines, line(&input)) == 0);
	csv = csv_of(lines);
	check_csv(lines, csv);
	check_table(lines);
	return 0;
}
