/*
 * scratch.h - a folder for one test, and what tests put into it
 */
#ifndef TESTS_E2E_SCRATCH_H
#define TESTS_E2E_SCRATCH_H

#include <jansson.h>

#define BOUNDED_QUEUE "message-queue/bounded-queue"

/** A new empty folder that every user may read; free() its path. */
char *scratch_new(void);
/** Removes it with all that is in it, and frees the path. */
void scratch_remove(char *path);

/** cmocka's setup and teardown: *state is the path. */
int scratch_setup(void **state);
int scratch_teardown(void **state);

/** "@folder/@name"; free() it. */
char *scratch_path(const char *folder, const char *name);
/** Write @text to @folder/@name. Returns the path; free() it. */
char *scratch_write(const char *folder, const char *name, const char *text);
/** Copy what is in the folder @from into the folder @to, made if need be. */
void scratch_copy(const char *from, const char *to);

/**
 * A submission of bounded-queue in @folder/@name: the files of the source
 * tree's folder @layer over the reference solution, bq.c.diff applied to it.
 * Returns its path; free().
 */
char *scratch_submission(const char *folder, const char *name,
			 const char *layer);

/** All of the file @folder/@name; free() it. */
char *scratch_read(const char *folder, const char *name);
/** The JSON document @folder/@name. */
json_t *scratch_json(const char *folder, const char *name);
/** @text as JSON. */
json_t *scratch_parse(const char *text);

/** The test @id of @report. */
const json_t *report_test(const json_t *report, const char *id);
/** The string at @key, or "". */
const char *json_text(const json_t *object, const char *key);
/** The number at @key, or 0. */
double json_value(const json_t *object, const char *key);

#endif
