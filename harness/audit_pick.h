/*
 * audit_pick.h - which submissions are graded a second time, and whether they
 * came out the same
 *
 * Those whose content has the smallest digests (SHA-256): nobody's choice, the
 * same ones whenever the same submissions are graded, and whatever is known of
 * them beforehand has no influence.
 */
#ifndef ASSAY_AUDIT_PICK_H
#define ASSAY_AUDIT_PICK_H

#include <stddef.h>

#include <jansson.h>

#include <assay/error.h>

#include "plan.h"

#define AUDIT_SHARE 50 /* one of so many, where nobody says how many */

/* One that is to be graded a second time. */
struct audit_pick {
	char *id;
	char *path;       /* as given */
	char content[65]; /* as it was graded */
};

struct audit_picks {
	struct audit_pick *items; /* sorted by id */
	size_t count;
};

/**
 * Pick @wanted of what is graded by the journal in @dir and is in @plan, and
 * leave out those that were audited already.
 */
int audit_pick(const char *dir, const struct plan *plan, size_t wanted,
	       struct audit_picks *ret, struct error *err);
void audit_picks_release(struct audit_picks *picks);

/**
 * The journal's line of @again, the report of a second grading that nobody
 * keeps, after @first. A new reference.
 */
json_t *audit_line(const char *id, const json_t *first, const json_t *again);

#endif
