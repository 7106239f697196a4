/*
 * report.h - the JSON report of one submission
 *
 * schema/report.schema.json describes the document. Its "verdict" part holds
 * what a second run of the same submission, exercise and seeds must give
 * again, byte for byte; all that is measured stands outside it. The part's
 * digest is SHA-256 over its canonical form: keys sorted, no white space.
 */
#ifndef ASSAY_REPORT_H
#define ASSAY_REPORT_H

#include <jansson.h>

#include <assay/error.h>

#include "result.h"

#define REPORT_VERSION 1

/* What the machine is, gathered once per process: kernel, compiler, CPUs. */
json_t *report_environment(void);

/** The whole document, a new reference; never NULL (out of memory aborts). */
json_t *report_new(const struct result *result, json_t *environment);

/** The digest of a report's "verdict" part, 64 digits and a NUL. */
void report_verdict_digest(const json_t *verdict, char hex[65]);

/** @document as its file has it; free() it, never NULL. */
char *report_dump(const json_t *document);

/**
 * Write @document to @path so that a reader sees the old file, none, or the
 * whole new one: a temporary file in the same folder, fsync, rename.
 */
int report_write(const json_t *document, const char *path, struct error *err);

#endif
