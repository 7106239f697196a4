/*
 * names_source.h - whom a submission says it is by
 */
#ifndef ASSAY_NAMES_SOURCE_H
#define ASSAY_NAMES_SOURCE_H

#include <stdbool.h>

#include "names.h"

/**
 * Add to @names who the sources of the submission at @path name as their author,
 * and for a folder with a ".git" in it who has committed there. Read as for
 * grading (submission.h), and only if its digest is @digest: another one may have
 * taken its place. Returns whether it was.
 */
bool names_learn_submission(struct names *names, const char *path,
			    const char *digest);

#endif
