/*
 * explain.h - a result in words, for the person whose code it is
 *
 * What "assay check" prints: the build's diagnostics, one line per test, and
 * under each one that did not pass the property, the message, the smallest
 * history, where it stopped and how to run just this test again. Words take at
 * most 80 columns, pictures as many as there are.
 * Everything that comes from a candidate has its control characters replaced.
 */
#ifndef ASSAY_EXPLAIN_H
#define ASSAY_EXPLAIN_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

#define EXPLAIN_COLUMNS_MIN 40

/**
 * @report as report_new() made it. With @all, also what passing tests measured,
 * printed and used. Of hidden tests it tells the points only. @columns is how
 * wide the reader's terminal is; less than EXPLAIN_COLUMNS_MIN counts as that.
 */
void explain_report(const json_t *report, FILE *out, unsigned columns,
		    bool colour, bool all);

/**
 * The same of a view (report_view.h), which holds of hidden tests what its
 * reader may see: all that it holds is told.
 */
void explain_view(const json_t *view, FILE *out, unsigned columns, bool colour,
		  bool all);

/** What to do about it, for who has run "assay check". */
void explain_next_step(const json_t *report, FILE *out, unsigned columns);

#endif
