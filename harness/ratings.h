/*
 * ratings.h - a folder of what people score: FOLDER/RATER/SUBMISSION.json
 *
 * One folder for each rater (rating.h has the files), so that two can work
 * without seeing what the other gives.
 */
#ifndef ASSAY_RATINGS_H
#define ASSAY_RATINGS_H

#include <stddef.h>

#include <jansson.h>

#include <assay/error.h>

#define RATINGS_RATERS_MAX 32
#define RATINGS_FILE_MAX (1 << 20) /* bytes */

struct ratings;

/** Look which raters @folder has: its folders, but hidden ones. 0 or -errno. */
int ratings_open(const char *folder, struct ratings **ret, struct error *err);
void ratings_free(struct ratings *ratings);

/**
 * Put what raters have said of @report's submission into it, as "ratings": an
 * array, by rater, of what rating_parse() returns, where there is a mark or a
 * comment. A file that is not as it should be is left out, and @complain gets
 * one line about it. Returns how many those were.
 */
size_t ratings_attach(const struct ratings *ratings, json_t *report,
		      void (*complain)(const char *line));

/**
 * Add those of sheets that were filled in blind (blind.h), which have @name
 * instead of the submission's id and no digest, of raters who have no sheet by
 * the id.
 */
size_t ratings_attach_blind(const struct ratings *ratings, json_t *report,
			    const char *name,
			    void (*complain)(const char *line));

/**
 * Make an empty sheet for @rater in @folder, and the folders, where there is
 * no file yet: what is there is never touched. 1 made; 0 there already, or the
 * report has no rubric; -errno.
 */
int ratings_make_sheet(const char *folder, const char *rater,
		       const json_t *report, struct error *err);

#endif
