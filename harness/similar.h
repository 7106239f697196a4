/*
 * similar.h - which submissions of a batch have the most code alike
 *
 * Of each submission the fingerprints (winnow.h) are kept that are its own:
 * those of the exercise's starter and headers are not, nor those that so many
 * submissions have that they are what the exercise asks for. How alike two are
 * is the share of the smaller one's that the other has as well: adding code of
 * one's own does not change it, and it is the same in both directions.
 *
 * Pairs come from an index by fingerprint, submission by submission: the work
 * grows with what is shared, memory with what was handed in.
 */
#ifndef ASSAY_SIMILAR_H
#define ASSAY_SIMILAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tokens.h"
#include "winnow.h"

/* What more than a third of a batch has is what the exercise asks for, or what
 * its language has one way to say; but not where that would be a few, who may
 * have worked together. */
#define SIMILAR_COMMON_SHARE 3u /* 1 of so many */
#define SIMILAR_COMMON_MIN 6u
/* In a batch of many thousand, so that pairs of it do not grow as its square. */
#define SIMILAR_COMMON_MAX 1000u
/* Own fingerprints of which a share says something: some 20 lines. */
#define SIMILAR_OWN_MIN 12u

struct similar;

struct similar *similar_new(void);
void similar_free(struct similar *similar);

/** Nothing in @tokens is anybody's own. Before similar_rank(). */
void similar_exclude(struct similar *similar, const struct tokens *tokens);

/** Add a submission. Returns its number: 0, 1, 2, ... */
size_t similar_add(struct similar *similar, const struct tokens *tokens);

/* Two submissions, first < second. */
struct similar_pair {
	size_t first, second;
	size_t shared; /* fingerprints that both have */
	double share;  /* of the smaller one's: 0 to 1 */
};

struct similar_ranking {
	struct similar_pair *pairs; /* the most alike first */
	size_t count;
	double usual; /* median, over all who are compared, of the share with
			 the one that each is most alike to */
};

/**
 * The @max pairs that are most alike. @similar takes no more submissions.
 * free() ->pairs.
 */
void similar_rank(struct similar *similar, size_t max,
		  struct similar_ranking *ret);

/* After similar_rank(): */
/** How many fingerprints a submission has of its own, each counted once. */
size_t similar_own(const struct similar *similar, size_t number);
/** Whether that is enough: fewer than SIMILAR_OWN_MIN are in no pair. */
bool similar_is_compared(const struct similar *similar, size_t number);
/** How many fingerprints were left out as what many have. */
size_t similar_common(const struct similar *similar);
/** Whether a run with this hash says nothing: the exercise's, or common. */
bool similar_is_left_out(const struct similar *similar, uint64_t hash);

#endif
