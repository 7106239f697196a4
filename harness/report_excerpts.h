/*
 * report_excerpts.h - the candidate's lines that a report speaks of
 *
 * A report names places: of diagnostics, of races, of threads that hang. Whoever
 * reads it has not always got the submission at hand, so it brings the lines
 * along, with EXCERPT_AROUND before and behind.
 */
#ifndef ASSAY_REPORT_EXCERPTS_H
#define ASSAY_REPORT_EXCERPTS_H

#include <jansson.h>

#include "fileset.h"

#define EXCERPT_AROUND 2
#define EXCERPT_LINES_MAX 400
#define EXCERPT_LINE_MAX 240 /* bytes of one line */

/**
 * [{"file","line","text"}...] of each line in @files that is near a place
 * which @report's builds and tests name, by file and line, each once. A new
 * reference.
 */
json_t *report_excerpts(const json_t *report, const struct fileset *files);

/** Those of @excerpts that are near a place which @report names. */
json_t *report_excerpts_near(const json_t *excerpts, const json_t *report);

#endif
