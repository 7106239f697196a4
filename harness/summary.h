/*
 * summary.h - a batch in one table: summary.json, summary.csv, a terminal's
 *
 * It is made from the journals of result folders (journal.h). In memory is
 * only where each line is, so it may be of any number of submissions.
 */
#ifndef ASSAY_SUMMARY_H
#define ASSAY_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <jansson.h>

#include <assay/error.h>

struct summary;

struct summary *summary_new(void);
void summary_free(struct summary *summary);

/**
 * Take in what is graded by the journal of @dir, which is kept open until
 * summary_free(). Of several lines of one id the last one counts; what other
 * folders have under the same id stays beside it.
 */
int summary_read(struct summary *summary, const char *dir, struct error *err);

/** How many submissions there are. */
size_t summary_count(const struct summary *summary);
/** The id of the one that is @i-th in order; borrowed. */
const char *summary_id(const struct summary *summary, size_t i);

/** What became of the audits of all folders: audit_json(). */
json_t *summary_audit(const struct summary *summary);

/**
 * Write DIR/summary.json and DIR/summary.csv, by submission id. CSV: RFC 4180,
 * header line "submission,exercise,status,points,maximum,<category>...,
 * verdict_digest,report"; a field that a spreadsheet would take for a formula
 * is prefixed with an apostrophe.
 */
int summary_write(const struct summary *summary, const char *dir,
		  struct error *err);

/** A table for people, at most 80 columns; control characters replaced. */
void summary_print(const struct summary *summary, FILE *out, bool colour);

/**
 * What a summary says of @report: its line in summary.json, a new reference.
 * @report_path is relative to the output folder.
 */
json_t *summary_line(const json_t *report, const char *report_path);

#endif
