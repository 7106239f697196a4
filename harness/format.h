/*
 * format.h - reports in the formats of other programs
 *
 * Each format renders views (report_view.h), one after the other, so that a
 * batch never has to be in memory. A document is
 *
 *     head, report 0, between, report 1, ..., tail
 *
 * and where a format has no place for a batch ("together" is false) there is
 * one document for each report.
 *
 * A submission that was rejected, or a build of its that failed, is a test that
 * failed: nobody who only counts tests may take it for a success.
 */
#ifndef ASSAY_FORMAT_H
#define ASSAY_FORMAT_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

struct format {
	const char *name;   /* of --format */
	const char *suffix; /* of a file with one report: ".xml" */
	bool together;      /* one document can hold a batch */
	const char *head, *between;
	/* @number counts the reports of the document from 0. */
	void (*report)(FILE *out, const json_t *view, size_t number);
	void (*tail)(FILE *out, size_t count);
};

/** NULL for a name that is none. */
const struct format *format_find(const char *name);

/** "junit, ctrf, ...", for people. */
extern const char format_names[];

/** A document with @view alone. */
void format_write(const struct format *format, FILE *out, const json_t *view);

#endif
