/*
 * RFC 4180, read by spreadsheets: what a candidate chose must stay a text.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "csv.h"
#include "report_member.h"
#include "report_parts.h"
#include "summary_parts.h"
#include "text.h"

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

void summary_csv_line(const json_t *line, json_t *categories, FILE *out)
{
	json_t *own = json_object_get(line, "categories"), *unused;
	char points[SUMMARY_POINTS_MAX];
	const char *name;

	csv_field(out, report_string(line, "submission"), "");
	csv_field(out, report_string(line, "exercise"), ",");
	csv_field(out, report_string(line, "status"), ",");
	summary_points(json_object_get(line, "points"), points);
	csv_field(out, points, ",");
	summary_points(json_object_get(line, "maximum"), points);
	csv_field(out, points, ",");
	json_object_foreach (categories, name, unused) {
		summary_points(json_object_get(own, name), points);
		csv_field(out, points, ",");
	}
	csv_field(out, report_string(line, "verdict_digest"), ",");
	csv_field(out, report_string(line, "report"), ",");
	csv_end(out);
}

json_t *summary_csv_head(const struct summary_lines *lines, FILE *out)
{
	static const char *const before[] = { "exercise", "status", "points",
					      "maximum" };
	json_t *categories = category_union(lines);
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
	return categories;
}
