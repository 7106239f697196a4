/*
 * exercise_mutants.h - the folders mutants/<name>/ of a package
 */
#ifndef ASSAY_EXERCISE_MUTANTS_H
#define ASSAY_EXERCISE_MUTANTS_H

#include "exercise.h"

/**
 * Fill in ->language and ->files of each mutant, whose names exercise.json has
 * given, once the languages have their solutions. @err names mutant and file.
 */
int exercise_mutants_load(struct exercise *exercise, struct error *err);

#endif
