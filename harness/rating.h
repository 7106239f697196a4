/*
 * rating.h - what one person scores of one submission
 *
 * A file of JSON that somebody fills in:
 *
 *   {
 *    "rubric_version": 1,
 *    "submission": "ada",       as the report calls it, and the file
 *    "digest": "9f2c...",       of the files that were looked at; optional
 *    "rater": "ann",            as the folder is called
 *    "marks": {"time": {"mark": 3, "why": "..."}, ...},
 *    "comments": [{"file": "bq.c", "line": 12, "text": "..."}, ...]
 *   }
 *
 * "marks" may have the dimensions of the report's rubric, each 0 to 4, or null
 * where it is not decided yet; "why" may be left out, and so may "comments". An
 * empty sheet also says what the marks mean ("title", "scale"), which nobody
 * reads back. Whatever else is in it is an error that names file and key.
 */
#ifndef ASSAY_RATING_H
#define ASSAY_RATING_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include <assay/error.h>

#define RATING_MARKS 5       /* 0 to 4 */
#define RATING_TEXT_MAX 4000 /* bytes of a reason or a comment */
#define RATING_COMMENTS_MAX 500

/**
 * What @size bytes of the file @path say of the submission that @report is
 * about, when @rater wrote them. *ret is a new reference:
 *
 *   {"rater", "marks": {DIMENSION: {"mark", "why"}},
 *    "comments": [{"file", "line", "text"}]}
 *
 * with the marks that are decided, in the rubric's order. -EINVAL, and one
 * line with @path and the key, for anything else than is described above.
 */
int rating_parse(const char *path, const char *bytes, size_t size,
		 const char *rater, const json_t *report, json_t **ret,
		 struct error *err);

/** An empty sheet for @rater and @report, a new reference. */
json_t *rating_sheet(const json_t *report, const char *rater);

/** Whether @name is fit for a rater's folder and a sheet's file name: no
 * path, not hidden, one line of UTF-8. */
bool rating_name_ok(const char *name);

#endif
