/*
 * names_source.h - whom a submission says it is by
 */
#ifndef ASSAY_NAMES_SOURCE_H
#define ASSAY_NAMES_SOURCE_H

#include "names.h"
#include "submission.h"

/**
 * Read the submission at @path as for grading (submission.h), if its digest is
 * @digest: another one may have taken its place. The caller's to free; NULL:
 * it is not there any more.
 */
struct submission *names_find_submission(const char *path, const char *digest);

/**
 * Add to @names who the sources of @submission name as their author, and for a
 * folder with a ".git" in it who has committed there.
 */
void names_learn_submission(struct names *names,
			    const struct submission *submission);

#endif
