/*
 * RFC 4180, read by spreadsheets: what a candidate chose must stay a text.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "report_parts.h"
#include "summary_parts.h"
#include "text.h"

/* Whether a spreadsheet takes @text for a formula; full-width forms too. */
static bool is_formula(const char *text)
{
	static const uint32_t starts[] = { '=',    '+',    '-',    '@',
					   0xff1d, 0xff0b, 0xff0d, 0xff20 };
	uint32_t code;
	size_t i;

	text += strspn(text, " ");
	if (*text == '\0')
		return false;
	(void)text_decode(text, strlen(text), &code);
	for (i = 0; i < sizeof starts / sizeof *starts; i++)
		if (code == starts[i])
			return true;
	return false;
}

static void csv_field(FILE *out, const char *text, const char *separator)
{
	AUTO_FREE char *line = text_line(text);
	bool formula = is_formula(line);
	const char *c;

	(void)fputs(separator, out);
	if (!formula && !strpbrk(line, "\",")) {
		(void)fputs(line, out);
		return;
	}
	(void)fputs(formula ? "\"'" : "\"", out);
	for (c = line; *c; c++) {
		if (*c == '"')
			(void)fputc('"', out);
		(void)fputc(*c, out);
	}
	(void)fputc('"', out);
}

/* Every category of any line, in the order of the first that has it. */
static json_t *category_union(const struct summary_lines *lines)
{
	json_t *names = json_object(), *points;
	const char *name;
	size_t i;

	for (i = 0; i < lines->count; i++) {
		json_auto_t *line = summary_lines_get(lines, i);

		json_object_foreach (json_object_get(line, "categories"), name,
				     points)
			report_set(names, name, json_null());
	}
	return names;
}

static void csv_line(FILE *out, json_t *line, json_t *categories)
{
	json_t *own = json_object_get(line, "categories"), *unused;
	char points[SUMMARY_POINTS_MAX];
	const char *name;

	csv_field(out, summary_string(line, "submission", ""), "");
	csv_field(out, summary_string(line, "exercise", ""), ",");
	csv_field(out, summary_string(line, "status", ""), ",");
	summary_points(json_object_get(line, "points"), points);
	csv_field(out, points, ",");
	summary_points(json_object_get(line, "maximum"), points);
	csv_field(out, points, ",");
	json_object_foreach (categories, name, unused) {
		summary_points(json_object_get(own, name), points);
		csv_field(out, points, ",");
	}
	csv_field(out, summary_string(line, "verdict_digest", ""), ",");
	csv_field(out, summary_string(line, "report", ""), ",");
	(void)fputs("\r\n", out);
}

void summary_csv(const struct summary_lines *lines, FILE *out)
{
	static const char *const before[] = { "exercise", "status", "points",
					      "maximum" };
	json_auto_t *categories = category_union(lines);
	const char *name;
	json_t *unused;
	size_t i;

	csv_field(out, "submission", "");
	for (i = 0; i < sizeof before / sizeof *before; i++)
		csv_field(out, before[i], ",");
	json_object_foreach (categories, name, unused)
		csv_field(out, name, ",");
	csv_field(out, "verdict_digest", ",");
	csv_field(out, "report", ",");
	(void)fputs("\r\n", out);
	for (i = 0; i < lines->count; i++) {
		json_auto_t *line = summary_lines_get(lines, i);

		csv_line(out, line, categories);
	}
}
