/*
 * counter.h - the smallest exercise there is, for tests of many gradings
 *
 * A copy of tests/hostile/exercise, which a test may change, and submissions
 * to it that take half a second each.
 */
#ifndef TESTS_E2E_COUNTER_H
#define TESTS_E2E_COUNTER_H

#define COUNTER "hostile/counter"

/** Make @folder/exercises. Returns "ASSAY_EXERCISES=..."; free() it. */
char *counter_exercises(const char *folder);

/** In the manifest of the exercise in @folder, @with for the only @text. */
void counter_edit(const char *folder, const char *text, const char *with);

/** @folder/@name, with @adds, C text, in front of each addition. */
void counter_submission(const char *folder, const char *name, const char *adds);

/* What may be added there: nothing, or what makes the sum wrong. */
#define COUNTER_RIGHT ""
#define COUNTER_WRONG "number++;"

#endif
