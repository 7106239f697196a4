/*
 * csv.h - tables that spreadsheets read (RFC 4180)
 */
#ifndef ASSAY_CSV_H
#define ASSAY_CSV_H

#include <stdio.h>

/**
 * Write @separator ("" in front of the first of a line, else ",") and @text as
 * one line. What a spreadsheet would take for a formula has an apostrophe put
 * in front of it: what a candidate chose stays a text.
 */
void csv_field(FILE *out, const char *text, const char *separator);

/** The end of a line. */
void csv_end(FILE *out);

#endif
