/*
 * mutation_build.h - what compilers make of a reference and of its mutations
 *
 * All in a build box of the exercise's limits, as a submission is built: one
 * client, one build after the other, until mutation_build_free().
 */
#ifndef ASSAY_MUTATION_BUILD_H
#define ASSAY_MUTATION_BUILD_H

#include <jansson.h>

#include <assay/error.h>

#include "exercise.h"

struct mutation_build;

struct mutation_build *
mutation_build_new(const struct exercise *exercise,
		   const struct exercise_language *language,
		   const char *sandbox_path);
void mutation_build_free(struct mutation_build *build);

/** Whether the host has clang where a box looks for it. */
bool mutation_build_possible(void);

/**
 * clang's tree of the solution's @file, see syntax.h; a new reference.
 * -EINVAL: clang does not take it; -EIO: no box, or no clang.
 */
int mutation_build_tree(struct mutation_build *build, const char *file,
			json_t **ret, struct error *err);

/**
 * SHA-256 of the object that gcc -O2 makes of @text in place of the solution's
 * @file, as digits in @hex; "" when it does not compile. What two texts have in
 * common here they have in common for good: no test tells them apart. -EIO: no
 * box.
 */
int mutation_build_object(struct mutation_build *build, const char *file,
			  const char *text, char hex[65], struct error *err);

#endif
