#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "report_member.h"
#include "summary_parts.h"
#include "text.h"

#define TABLE_COLUMNS 80
#define ID_COLUMNS 32
#define STATUS_COLUMNS 17 /* "forbidden-syscall" */
#define POINTS_COLUMNS 11 /* "66.667/100" and a blank */
#define GAPS 5            /* blanks between the four columns */

static void print_cell(FILE *out, const char *text, size_t columns)
{
	AUTO_FREE char *cell = text_fitted(text, columns);

	(void)fprintf(out, "%s%*s", cell, (int)(columns - text_columns(cell)),
		      "");
}

static const char *status_colour(const char *status)
{
	if (strcmp(status, "pass") == 0)
		return "\033[32m";
	return strcmp(status, "inconclusive") == 0 ? "\033[33m" : "\033[31m";
}

/* How many columns two of the fields take. */
struct widths {
	size_t id, status;
};

static void widen(size_t *width, const json_t *line, const char *key,
		  size_t most)
{
	AUTO_FREE char *text = text_line(report_string(line, key));
	size_t columns = text_columns(text);

	if (columns > most)
		columns = most;
	if (columns > *width)
		*width = columns;
}

static struct widths widths_of(const struct summary_lines *lines)
{
	struct widths widths = { strlen("submission"), strlen("status") };
	size_t i;

	for (i = 0; i < lines->count; i++) {
		json_auto_t *line = summary_lines_get(lines, i);

		widen(&widths.id, line, "submission", ID_COLUMNS);
		widen(&widths.status, line, "status", STATUS_COLUMNS);
	}
	return widths;
}

static void print_line(FILE *out, const json_t *line,
		       const struct widths *widths, bool colour)
{
	const char *status = report_string_or(line, "status", "?");
	const char *reason = report_string(line, "reason");
	char points[SUMMARY_POINTS_MAX], maximum[SUMMARY_POINTS_MAX];
	AUTO_FREE char *both = NULL, *cell = NULL;

	summary_points(json_object_get(line, "points"), points);
	summary_points(json_object_get(line, "maximum"), maximum);
	both = text_format("%s/%s", points, maximum);
	print_cell(out, report_string_or(line, "submission", "?"), widths->id);
	(void)fprintf(out, "  %s", colour ? status_colour(status) : "");
	print_cell(out, status, widths->status);
	(void)fprintf(out, "%s %*s", colour ? "\033[0m" : "", POINTS_COLUMNS,
		      both);
	if (*reason) {
		cell = text_fitted(reason, TABLE_COLUMNS - widths->id -
					      widths->status - POINTS_COLUMNS -
					      GAPS);
		(void)fprintf(out, "  %s", cell);
	}
	(void)fputc('\n', out);
}

static void print_totals(FILE *out, const json_t *totals)
{
	const json_t *rate = json_object_get(totals, "pass_rate");
	json_t *statuses = json_object_get(totals, "statuses"), *count;
	const char *status, *separator = ": ";

	(void)fprintf(
		out, "%lld submissions",
		json_integer_value(json_object_get(totals, "submissions")));
	json_object_foreach (statuses, status, count) {
		(void)fprintf(out, "%s%lld %s", separator,
			      json_integer_value(count), status);
		separator = ", ";
	}
	if (json_is_number(rate))
		(void)fprintf(out, "; pass rate %.1f%%",
			      json_number_value(rate) * 100);
	(void)fputc('\n', out);
}

void summary_table(const struct summary_lines *lines, const json_t *totals,
		   FILE *out, bool colour)
{
	struct widths widths = widths_of(lines);
	size_t i;

	print_cell(out, "submission", widths.id);
	(void)fputs("  ", out);
	print_cell(out, "status", widths.status);
	(void)fprintf(out, " %*s  %s\n", POINTS_COLUMNS, "points", "why");
	for (i = 0; i < lines->count; i++) {
		json_auto_t *line = summary_lines_get(lines, i);

		print_line(out, line, &widths, colour);
	}
	print_totals(out, totals);
}
