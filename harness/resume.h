/*
 * resume.h - what of a batch is graded already, and still holds
 *
 * A submission is not graded again when the journal says that it was, what is
 * handed in is what was graded, and its report is there, whole and with the
 * verdict that the journal has. A batch goes on only as the one that it was:
 * with the same options, the same submissions and the same exercises.
 */
#ifndef ASSAY_RESUME_H
#define ASSAY_RESUME_H

#include <jansson.h>

#include <assay/error.h>

#include "journal.h"
#include "plan.h"
#include "progress.h"

/**
 * Whether @batch, the first line of a journal, is of what @now is. -EINVAL:
 * no, and the text says in which option it differs.
 */
int resume_check(const json_t *batch, const struct journal_batch *now,
		 struct error *err);

struct resume_options {
	const char *dir;       /* result folder */
	const char *exercises; /* folder */
	/** @id is graded again although it was before, because of @why. */
	void (*again)(void *data, const char *id, const char *why);
	void *data;
};

/**
 * Mark in @plan what need not be graded again, and count it in @progress.
 * -EINVAL: the journal has a submission that @plan calls otherwise, or an
 * exercise has changed since.
 */
int resume_plan(const struct resume_options *options, struct plan *plan,
		struct progress *progress, struct error *err);

#endif
