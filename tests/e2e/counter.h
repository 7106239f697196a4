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

/* What a test program with it has for all of its tests. */
struct counter_home {
	char *folder;    /* scratch */
	char *exercises; /* "ASSAY_EXERCISES=...", in there */
	char *key;       /* "ASSAY_KEY=...", in there */
};

void counter_home_make(struct counter_home *home);
void counter_home_remove(struct counter_home *home);

/* Run "assay" with the arguments that follow, in the folder of @home. */
#define COUNTER_RUN(process, home, ...)                                 \
	process_run((process),                                          \
		    (&(struct process_options){                         \
			    .folder = (home).folder,                    \
			    .env = { (home).exercises, (home).key } }), \
		    "assay", __VA_ARGS__)

/** In the manifest of the exercise in @folder, @with for the only @text. */
void counter_edit(const char *folder, const char *text, const char *with);

/** @folder/@name, with @adds, C text, in front of each addition. */
void counter_submission(const char *folder, const char *name, const char *adds);

/* What may be added there: nothing, or what makes the sum wrong. */
#define COUNTER_RIGHT ""
#define COUNTER_WRONG "number++;"

#endif
