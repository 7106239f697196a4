/*
 * toolkit.h - what judging one exercise takes, made once per batch
 *
 * The exercise itself, its judge as a program, and for tests with a baseline
 * the reference solution's programs, of a language when the first submission
 * in it comes; and what each build of a variant would otherwise make again,
 * when the first one comes. Built in a box like any submission.
 */
#ifndef ASSAY_TOOLKIT_H
#define ASSAY_TOOLKIT_H

#include <assay/error.h>

#include "exercise.h"

struct toolkit {
	struct exercise *exercise;
	const char *sandbox_path; /* borrowed */
	int judge;                /* program */
	/* programs of the references, by language and variant; -1 where no test
	 * asks for a baseline, or nobody has asked for the language */
	int baseline[EXERCISE_LANGUAGES_MAX][EXERCISE_VARIANTS_MAX];
};

/**
 * Load exercise @id beneath @root and build its judge. Runs an event loop of its
 * own until that is done. -ENOENT and -EINVAL as exercise_load(); -EINVAL as
 * well when the judge does not compile, with the first diagnostic; -EIO when
 * there is no box to be had, or no explore.o. @sandbox_path has to live as long
 * as the toolkit.
 */
int toolkit_new(const char *root, const char *id, const char *sandbox_path,
		struct toolkit **ret, struct error *err);
void toolkit_free(struct toolkit *toolkit);

/** Make what @variant of @language prepares, unless it is there; in the same
 * way, with the same errors. Only the exercise's own files are in that box. */
int toolkit_prepare(struct toolkit *toolkit,
		    const struct exercise_language *language,
		    const struct exercise_variant *variant, struct error *err);

/** Build the reference in @language, where tests with a baseline need it and it
 * is not there; in the same way, with the same errors. */
int toolkit_want(struct toolkit *toolkit,
		 const struct exercise_language *language, struct error *err);

/** The reference's program in @language for @variant, or -1. */
int toolkit_baseline(const struct toolkit *toolkit,
		     const struct exercise_language *language,
		     const char *variant);

#endif
