/*
 * winnow.h - fingerprints of a text's tokens
 *
 * The method is from S. Schleimer, D. S. Wilkerson and A. Aiken, "Winnowing:
 * Local Algorithms for Document Fingerprinting", SIGMOD 2003: every run of
 * WINNOW_RUN tokens gets a hash, and of each WINNOW_WINDOW hashes in a row the
 * smallest is chosen, the rightmost of those (and none again that was). What
 * two texts have alike is found wherever it stands: of each run of
 * WINNOW_SURE tokens that both have, at least one fingerprint is chosen, and
 * the same one in both. Shorter than WINNOW_RUN nothing is found. A run of too
 * few kinds of tokens (WINNOW_KINDS_MIN) has no hash that could be chosen.
 */
#ifndef ASSAY_WINNOW_H
#define ASSAY_WINNOW_H

#include <stddef.h>
#include <stdint.h>

#include "tokens.h"

/* About two lines of C: a run that is shorter is what everybody writes. */
#define WINNOW_RUN 16u
/* So that three lines that were taken over are found whatever was done around
 * them, at two fingerprints of nine tokens. */
#define WINNOW_WINDOW 8u
#define WINNOW_SURE (WINNOW_RUN + WINNOW_WINDOW - 1)
/* Kinds of tokens that a run must have: those of a table of numbers, or of one
 * assignment after the other, are alike whoever wrote them. */
#define WINNOW_KINDS_MIN 5u

struct fingerprint {
	uint64_t hash;
	uint32_t at; /* the run's first token */
};

struct fingerprints {
	struct fingerprint *items; /* by ->at */
	size_t count;
};

/** Those that are chosen. fingerprints_release() them. */
void winnow(const struct tokens *tokens, struct fingerprints *ret);
/** Those of every run: what is to be found in none of another text's. */
void winnow_all(const struct tokens *tokens, struct fingerprints *ret);
void fingerprints_release(struct fingerprints *fingerprints);

#endif
