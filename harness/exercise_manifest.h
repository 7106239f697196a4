/*
 * exercise_manifest.h - exercise.json into a struct exercise
 *
 * All that can be said of exercise.json without looking at another file is
 * checked here; exercise.c does the rest.
 */
#ifndef ASSAY_EXERCISE_MANIFEST_H
#define ASSAY_EXERCISE_MANIFEST_H

#include <stddef.h>

#include <assay/error.h>

#include "exercise.h"
#include "manifest.h"

#define EXERCISE_MANIFEST "exercise.json"
#define EXERCISE_PROFILES "languages.json"

/**
 * Fill in what @size bytes of exercise.json say. @profiles is what languages.json
 * says, or NULL where there is none: of it, what is used is checked. exercise->id is set already
 * and must be what they say too. After a failure @exercise is half-filled
 * and still the caller's to free.
 */
int exercise_manifest_read(struct exercise *exercise, json_t *profiles,
			   const char *bytes, size_t size, struct error *err);

/** Whether @root has a folder @id with an exercise.json in it. */
bool exercise_is_at(const char *root, const char *id);

/* Its keys "languages" and "judge": how things are built and run. */
void exercise_languages_read(const struct place *top, json_t *profiles,
			     struct exercise *exercise);
void exercise_judge_read(const struct place *top, struct exercise *exercise);

#endif
