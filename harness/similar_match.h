/*
 * similar_match.h - where two submissions have the same tokens
 *
 * From the fingerprints that counted for how alike they are outwards, as far as
 * the tokens are the same: the longest first that starts there, each token in
 * one match at most. Matches with nearly nothing between them, on both sides,
 * are one: a line that was put in does not divide a function.
 */
#ifndef ASSAY_SIMILAR_MATCH_H
#define ASSAY_SIMILAR_MATCH_H

#include <stddef.h>
#include <stdint.h>

#include "similar.h"
#include "tokens.h"

/* Tokens between two matches that are one: a line or two. */
#define SIMILAR_GAP_MAX 12u
#define SIMILAR_MATCHES_MAX 200u
/* Tokens of a match, without what is left out at its ends. */
#define SIMILAR_LEFT_MIN 8u
/* Of places where the same run is in the other one, how many are tried. */
#define SIMILAR_TRIED_MAX 32u

/* Lines of a file, from 1, the last one included. */
struct similar_lines {
	unsigned file; /* as tokens_add() was told */
	uint32_t first, last;
};

struct similar_match {
	struct similar_lines lines[2]; /* of the first, of the second */
	size_t tokens;                 /* that are the same */
};

struct similar_matches {
	struct similar_match *items; /* the longest first */
	size_t count;
};

/**
 * What @first and @second have alike that @similar does not leave out. free()
 * ->items. Of very many the longest SIMILAR_MATCHES_MAX.
 */
void similar_match(const struct similar *similar, const struct tokens *first,
		   const struct tokens *second, struct similar_matches *ret);

#endif
