/*
 * summary_parts.h - the pieces that summary.c puts together
 *
 * A line is one submission as summary.json has it, lines an array of them.
 */
#ifndef ASSAY_SUMMARY_PARTS_H
#define ASSAY_SUMMARY_PARTS_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

#define SUMMARY_POINTS_MAX 32 /* bytes of points as text */

/** The string at @key of @line, or @otherwise. */
const char *summary_string(const json_t *line, const char *key,
			   const char *otherwise);
/** "62", "66.667", or "" where @number is none. */
void summary_points(const json_t *number, char text[SUMMARY_POINTS_MAX]);

/** summary_csv.c: the text of summary.csv. free() it; never NULL. */
char *summary_csv(json_t *lines);
/** summary_table.c: for people. */
void summary_table(json_t *lines, const json_t *totals, FILE *out, bool colour);

#endif
