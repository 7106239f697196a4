/*
 * replay.h - what is needed to grade once more what a report is of
 *
 * A report says by which exercise, as which language and with or without hidden
 * tests; the journal beside it (DIR/journal.jsonl of DIR/reports/ID.json) where
 * the submission was, by which secret, and which report it tells of. A report
 * alone is enough where somebody names the submission.
 */
#ifndef ASSAY_REPLAY_H
#define ASSAY_REPLAY_H

#include <stdbool.h>

#include <jansson.h>

#include <assay/error.h>

#include "submission.h"

struct replay {
	json_t *graded;  /* its line of the journal; NULL: none was found */
	json_t *options; /* of its batch; NULL as well */
	json_t *report;  /* the caller's to set, and no more than borrowed */
};

void replay_release(struct replay *replay);

/**
 * Look for the journal of the report in the file @path and what it says of it.
 * 0 also where there is none; an error is a journal that cannot be read.
 */
int replay_find(struct replay *replay, const char *path, struct error *err);

/** What the journal says. Borrowed; NULL: nothing. */
const char *replay_path(const struct replay *replay);   /* of the submission */
const char *replay_digest(const struct replay *replay); /* of the report */
const char *replay_secret(const struct replay *replay); /* SHA-256 of it */

/** By which exercise and language: as reported, else as was asked for. NULL:
 * by what the submission says of itself. Borrowed. */
const char *replay_exercise(const struct replay *replay);
const char *replay_language(const struct replay *replay);

/** Whether hidden tests were run. */
bool replay_with_hidden(const struct replay *replay);

/**
 * NULL where @submission is what was graded, else what of it is not, in words:
 * "changed queue.c". free() it.
 */
char *replay_difference(const struct replay *replay,
			const struct submission *submission);

#endif
