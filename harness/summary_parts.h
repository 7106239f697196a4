/*
 * summary_parts.h - the pieces that summary.c puts together
 *
 * A line is one submission as summary.json has it.
 */
#ifndef ASSAY_SUMMARY_PARTS_H
#define ASSAY_SUMMARY_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <jansson.h>

#define SUMMARY_POINTS_MAX 32 /* bytes of points as text */

/* Lines in order, of which one at a time is in memory. */
struct summary_lines {
	size_t count;
	/** Line @i, a new reference; never NULL. */
	json_t *(*get)(const void *data, size_t i);
	const void *data;
};

json_t *summary_lines_get(const struct summary_lines *lines, size_t i);

/** "62", "66.667", or "" where @number is none. */
void summary_points(const json_t *number, char text[SUMMARY_POINTS_MAX]);

/** summary_csv.c: the header line of summary.csv. Returns the categories of
 * all, a new reference; and a line with them. */
json_t *summary_csv_head(const struct summary_lines *lines, FILE *out);
void summary_csv_line(const json_t *line, json_t *categories, FILE *out);
/** summary_table.c: for people. */
void summary_table(const struct summary_lines *lines, const json_t *totals,
		   FILE *out, bool colour);

#endif
