/*
 * taken.h - a submission as it was taken in, held against what was expected
 */
#ifndef TESTS_UNIT_TAKEN_H
#define TESTS_UNIT_TAKEN_H

#include "submission.h"

/* A marker of the package of package.h. */
#define MARKER                          \
	"{\"exercise\":\"demo/adder\"," \
	"\"version\":\"1.0.0\",\"language\":\"c\"}"

/* A NULL-terminated list. */
#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })

/** The submission at @path, which must be readable. */
struct submission *take_in(const char *path);

/** It must be rejected by @rule, with @part in the sentence. */
void assert_rejected(const char *path, const char *rule, const char *part);

/** It must be taken in, with just these files. */
void assert_taken(const char *path, const char *const *names);

#endif
