/*
 * regrade.h - earlier results that are graded again
 *
 * The new results stand beside the old ones or, in the same folder, replace
 * them: then what was there moves to DIR/earlier-N/ first, the journal last.
 * A folder earlier-N without a journal is one that was still being filled
 * when the process was killed, DIR without a journal one whose results had
 * just been put aside; either goes on where it was when the same command is
 * given again. What was found is in one of the two at every moment.
 */
#ifndef ASSAY_REGRADE_H
#define ASSAY_REGRADE_H

#include <stdbool.h>

#include <jansson.h>

#include <assay/error.h>

#include "plan.h"

#define REGRADE_CHANGES "changes.json"
#define CHANGES_VERSION 1

struct regrade {
	char *before;  /* the folder that has the earlier results */
	char *name;    /* of it in a journal's "regrade_of" */
	json_t *batch; /* the first line of its journal */
	bool in_place; /* what is graded goes to where they were */
	bool begun;    /* and that was begun before: before is earlier-N */
	json_t *gone;  /* [path]: what can not be read any more */
};

void regrade_release(struct regrade *regrade);

/**
 * Find what is to be graded again: the results in @old, or what of them was
 * put aside when @out is the same folder. With @resume, a regrade in place
 * that is finished counts as begun, else as results to be graded again.
 * -EINVAL: there are none. -EBUSY: one is begun, and not to be resumed.
 */
int regrade_find(struct regrade *regrade, const char *old, const char *out,
		 bool resume, struct error *err);

/**
 * Plan what the earlier results are of, graded or not, under the same ids and
 * sorted by them. Paths that can not be read any more are left out and kept
 * in @gone.
 */
int regrade_plan(struct regrade *regrade, struct plan *plan, struct error *err);

/** In place and not begun: put aside what is in @out. -EBUSY as
 * journal_open(). */
int regrade_put_aside(struct regrade *regrade, const char *out,
		      struct error *err);

/**
 * What became of all in @plan, and of what is gone:
 *
 *   {"changes_version", "before": folder, "totals": changes_totals(),
 *    "builds": {"cached", "compiled"}, "gone": [path],
 *    "submissions": [changes_entry()]}
 *
 * A new reference.
 */
json_t *regrade_changes(const struct regrade *regrade, const struct plan *plan,
			const char *out);

#endif
