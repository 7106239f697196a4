/*
 * seal.h - a report's signature
 *
 * A report is signed by an object "signature" in it:
 *
 *   {"algorithm": "ed25519", "key": PUBLIC,
 *    "chain", "sequence", "previous",      its place in the batch
 *    "covers": {"submission", "exercise", "toolchain", "policy"},
 *    "parts": {KEY: SHA-256 ...},          each other key of the report
 *    "value": SIGNATURE}
 *
 * All binary values are lower-case hexadecimal. The canonical form of a JSON
 * value is what jansson writes with JSON_SORT_KEYS, JSON_COMPACT and 15 digits
 * of precision: keys sorted by their bytes, no white space, UTF-8. "parts" are
 * digests of the canonical forms of the report's other members, all of them,
 * so that it can be told which of them was changed. "value" signs
 * "assay-report-1" and a newline, and behind it the canonical form of the
 * object "signature" without "value".
 *
 * "covers" repeats what the verdict rests on: the digests of what was handed in
 * and of the exercise, as the report has them (null: none), and the SHA-256 of
 * the canonical forms of {"assay", "compiler", "libc"} and of {"level",
 * "limits", "tests": {ID: limits}}.
 *
 * In a batch, reports are signed in the order in which they are written.
 * "chain" says which batch; "previous" is seal_digest() of the report before,
 * and of the first one the chain's name again, so that none can be taken out,
 * put in or moved without a trace.
 *
 * The verdict digest has no part in any of this, and stays what it was.
 */
#ifndef ASSAY_SEAL_H
#define ASSAY_SEAL_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "key.h"

#define SEAL_HEX 65 /* 64 digits and a NUL */

/* Where in its batch the next report stands. */
struct seal_place {
	char chain[SEAL_HEX];
	uint64_t sequence;
	char previous[SEAL_HEX];
};

/** The first place of the chain that is named after @document's digest. */
void seal_place_first(struct seal_place *place, const json_t *document);

/** Sign @report, in place, and move @place on to the next. */
void seal_put(json_t *report, const struct key *key, struct seal_place *place);

/** What the next report has as "previous"; false: @report has no signature. */
bool seal_digest(const json_t *report, char hex[SEAL_HEX]);

enum seal_finding {
	SEAL_FINE,
	SEAL_UNSIGNED,
	SEAL_OTHER_KEY, /* whole, but signed by somebody else */
	SEAL_TAMPERED,
};

/**
 * Whether @report is what the owner of @public signed. @why becomes words for
 * people: what was changed, or whose key it is. free() it; NULL for fine.
 */
enum seal_finding seal_check(const json_t *report,
			     const unsigned char public[KEY_PUBLIC_BYTES],
			     char **why);

#endif
