/*
 * verify_run.h - judging all subjects of an exercise, again and again
 *
 * Hidden tests run too, under a secret that is another one in every
 * repetition.
 */
#ifndef ASSAY_VERIFY_RUN_H
#define ASSAY_VERIFY_RUN_H

#include "verify_subject.h"

/** @done of @of submissions have been judged. */
typedef void (*verify_progress_cb)(void *data, size_t done, size_t of);

struct verify_run_options {
	const char *exercises; /* folder */
	const char *sandbox;   /* path of assay-sandbox */
	unsigned slots;        /* submissions at a time */
	verify_progress_cb progress;
	void *progress_data;
};

/**
 * Judge each of @subjects as often as it says. A fault that is not of one
 * submission alone ends it: -errno, as job_done_cb has it.
 */
int verify_run(struct verify_subjects *subjects,
	       const struct verify_run_options *options, struct error *err);

#endif
