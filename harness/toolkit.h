/*
 * toolkit.h - what judging one exercise takes, made once per batch
 *
 * The exercise itself, its judge as a program, and for tests with a baseline
 * the reference solution's programs. Built in a box like any submission.
 */
#ifndef ASSAY_TOOLKIT_H
#define ASSAY_TOOLKIT_H

#include <assay/error.h>

#include "exercise.h"

struct toolkit {
	struct exercise *exercise;
	int judge; /* program */
	/* programs of the first language's reference, one per variant of it,
	 * -1 where no test asks for a baseline */
	int baseline[16];
};

/**
 * Load exercise @id beneath @root and build its tools. Runs an event loop of
 * its own until that is done. -ENOENT and -EINVAL as exercise_load();
 * -EINVAL as well when judge or reference do not compile, with the first
 * diagnostic; -EIO when there is no box to be had, or no explore.o.
 */
int toolkit_new(const char *root, const char *id, const char *sandbox_path,
		struct toolkit **ret, struct error *err);
void toolkit_free(struct toolkit *toolkit);

/** The reference's program for @variant, or -1. */
int toolkit_baseline(const struct toolkit *toolkit, const char *variant);

#endif
