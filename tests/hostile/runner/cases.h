/*
 * cases.h - cases in data files, one cmocka test for each
 *
 * tests/hostile/cases/NAME.json is {"about", "cases": [CASE...]}; a CASE has
 *
 *   name     unique in its file, says what is tried
 *   shows    the requirement or attack that it is about
 *   expect   object: what must be seen, see expect.h
 *   at       object, optional: {"limited": {"expect": {...}, "why": "..."}}:
 *            what is different at an isolation level, and why it may be;
 *            these entries of "expect" stand in for the others of that name,
 *            those that a list "without" names are not expected there
 *
 * and whatever the runner of its file needs to try it. Each case prints one
 * line with its outcome to standard output, in front of what cmocka prints.
 */
#ifndef HOSTILE_CASES_H
#define HOSTILE_CASES_H

#include <jansson.h>

struct hostile_case {
	char *file; /* "run": of the data file, without .json */
	const char *name;
	const char *shows;
	json_t *data;
	json_t *expect; /* with the entries of this level */
};

/** What a file's runner does with a case: try it and say what was seen. The
 * object is the caller's; entries that nobody expects do no harm. */
typedef json_t *(*hostile_try)(const struct hostile_case *hostile);

/**
 * Run every case of @files (names ended by NULL) with @try. What could not be
 * undone, and what was seen and not expected, fails the case. The exit status
 * of the program. @setup, @teardown: cmocka's, may be NULL.
 */
int cases_run(const char *group, const char *const *files, hostile_try try,
	      int (*setup)(void **), int (*teardown)(void **));

/** "full", "limited" or "minimal": ASSAY_HOSTILE_LEVEL if that is set, else
 * what "assay doctor" says of this host. */
const char *cases_level(void);

/** A word that is in the environment of everything the case in hand starts:
 * "HOSTILE_MARK=...". */
const char *cases_mark(void);

#endif
