/*
 * command_regrade.h - "assay grade --regrade": what is said before and after
 *
 * Each returns 0 or an exit status, after one line about it.
 */
#ifndef ASSAY_COMMAND_REGRADE_H
#define ASSAY_COMMAND_REGRADE_H

#include <stdbool.h>

#include "job.h"
#include "plan.h"
#include "regrade.h"

/**
 * Find the results in @old and plan what they are of, unless @plan has
 * submissions already. @job gets the exercise and language that they were
 * graded by, where it has none. What can not be read any more is named.
 */
int command_regrade_find(struct regrade *regrade, const char *old,
			 const char *out, bool resume, struct job_options *job,
			 struct plan *plan);

/** Put what is in @out out of the way, where it is to be replaced. */
int command_regrade_put_aside(struct regrade *regrade, const char *out);

/** When all is graded: write @out/changes.json and print it, or a table. */
int command_regrade_tell(const struct regrade *regrade, const struct plan *plan,
			 const char *out, bool json);

#endif
