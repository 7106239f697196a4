/*
 * summary.h - a batch in one table: summary.json, summary.csv, a terminal's
 */
#ifndef ASSAY_SUMMARY_H
#define ASSAY_SUMMARY_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

#include <assay/error.h>

struct summary;

/** Lines come in any order and are kept by submission id. */
struct summary *summary_new(void);
void summary_free(struct summary *summary);

/**
 * Take from a report what the summary says of it. @report_path is relative
 * to the output folder.
 */
void summary_add(struct summary *summary, const json_t *report,
		 const char *report_path);

/**
 * Write DIR/summary.json and DIR/summary.csv. CSV: RFC 4180, header line
 * "submission,exercise,status,points,maximum,<category>...,verdict_digest,
 * report"; a field that a spreadsheet would take for a formula is prefixed
 * with an apostrophe.
 */
int summary_write(const struct summary *summary, const char *dir,
		  struct error *err);

/** A table for people, at most 80 columns; control characters replaced. */
void summary_print(const struct summary *summary, FILE *out, bool colour);

#endif
