/*
 * late.h - runs that ended for time, and what came of them alone
 *
 * A test near a limit must not fail because others were at work. So a run that
 * ended for time (a limit of wall or processor time, or a "fail" that its judge
 * calls late) is done again while nothing else of the batch runs, unless what
 * was measured says that it cannot have been others (noise.h). What comes of it
 * alone is its verdict; this is what is kept of the first.
 *
 * A run alone holds up all others of the batch, so a submission gets only so
 * many: LATE_ALONE_MAX, and none any more after LATE_LOST_MAX were as late
 * alone. Then the first verdict stays.
 */
#ifndef ASSAY_LATE_H
#define ASSAY_LATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <assay/box.h>
#include <assay/verdict.h>

#include "noise.h"

#define LATE_ALONE_MAX 8
#define LATE_LOST_MAX 2

/* What of that a submission has had. */
struct late_budget {
	unsigned alone, lost;
};

struct late_run {
	unsigned repetition;
	uint64_t seed;
	enum verdict verdict;        /* what was seen first */
	char *message;               /* likewise; may be NULL */
	struct box_result candidate; /* how the program ended then */
	struct noise noise;
	bool again;         /* it was run again, alone */
	bool spent;         /* it would have been, but for the bounds */
	enum verdict alone; /* what came of that */
};

struct late_runs {
	struct late_run *runs;
	size_t count;
};

/** Keep @late, whose texts are the list's from then on. Sets its .again and
 * .spent, and returns the first: whether to run it again, alone. */
bool late_runs_add(struct late_runs *list, const struct late_run *late,
		   struct late_budget *budget);

/** The last of @list, run alone, came to @verdict; @late: for time, again. */
void late_runs_settle(struct late_runs *list, enum verdict verdict, bool late,
		      struct late_budget *budget);

void late_runs_release(struct late_runs *list);

#endif
