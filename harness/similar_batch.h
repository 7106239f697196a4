/*
 * similar_batch.h - the submissions of a results folder, compared
 *
 * The journal says where each was when it was graded, and the digest of what
 * it was. Each is read again as grading reads it (submission.h), and compared
 * only when it still is that; who is not compared is named, with the reason.
 * Of a submission those files count that its exercise lets a candidate hand
 * in, in any language.
 *
 * What comes out is the document similarity.json:
 *
 *   {"similarity_version": 1,
 *    "exercises": [{"exercise", "submissions", "compared",
 *      "usual",         median share of each one's nearest, 0 to 1
 *      "common",        fingerprints left out as what many have
 *      "not_compared": [{"submission", "why"}],
 *      "pairs": [{"first", "second",          ids; first is the smaller one
 *        "share",       of the smaller one's fingerprints, 0 to 1
 *        "shared", "own": [of first, of second],  fingerprints
 *        "regions": [{"tokens",
 *          "first": {"file","from","to"}, "second": {...}}]}]}]}
 *
 * Pairs are the most alike first; the region with the most tokens is first.
 */
#ifndef ASSAY_SIMILAR_BATCH_H
#define ASSAY_SIMILAR_BATCH_H

#include <stddef.h>

#include <jansson.h>

#include <assay/error.h>

#include "fileset.h"

#define SIMILARITY_VERSION 1
#define SIMILARITY_NAME "similarity.json"
#define SIMILARITY_DUMP (JSON_INDENT(1) | JSON_REAL_PRECISION(15))
/* Of an exercise. Who reads twenty knows whether there is more to be seen. */
#define SIMILAR_PAIRS_MAX 20u
/* Less than this is what any two solutions have alike. */
#define SIMILAR_SHARE_MIN 0.2

struct similar_options {
	const char *folder;    /* of results */
	const char *exercises; /* folder */
	/**
	 * One of the pairs, as it is in the document, to which it may add
	 * keys, with what both handed in. Returns 0 or -errno, which ends it.
	 * May be NULL.
	 */
	int (*pair)(void *data, json_t *pair,
		    const struct fileset *const files[2], struct error *err);
	void *data;
};

/**
 * Compare. *ret is a new reference. -ENOENT: no journal, or an exercise that
 * is not there, without which nobody knows what is its starter. -EINVAL: not
 * one submission is where it was.
 */
int similar_batch(const struct similar_options *options, json_t **ret,
		  struct error *err);

#endif
