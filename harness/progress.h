/*
 * progress.h - how far a batch is, in one line
 *
 * "412/1000 graded, 9.8/s, 1 min left: 300 pass, 90 fail, 12 build-error"
 */
#ifndef ASSAY_PROGRESS_H
#define ASSAY_PROGRESS_H

#include <stddef.h>

#include <assay/verdict.h>

struct progress {
	size_t total;
	size_t before;                /* of them graded by an earlier run */
	size_t graded;                /* by this one */
	size_t errors;                /* could not be graded */
	size_t verdicts[VERDICT_MAX]; /* of all that are graded */
};

/** How many are over. */
size_t progress_done(const struct progress *progress);

/**
 * The line, @seconds after this run's start, of at most @columns; kinds that do
 * not fit become one number of others. free() it.
 */
char *progress_line(const struct progress *progress, double seconds,
		    size_t columns);

#endif
