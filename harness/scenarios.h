/*
 * scenarios.h - what of an exercise the explorer searches
 *
 * Tests of variant "explore" name scenarios in their parameter "scenarios"; a
 * scenario may be in several of them. Only public tests are looked at.
 */
#ifndef ASSAY_SCENARIOS_H
#define ASSAY_SCENARIOS_H

#include <stdbool.h>

#include <jansson.h>

#include "exercise.h"

/** Whether @test searches scenario @name, or any at all if that is NULL. */
bool scenarios_in_test(const struct exercise_test *test, const char *name);

/** The first such test; NULL: none. */
const struct exercise_test *scenarios_test(const struct exercise *exercise,
					   const char *name);

/** An object: each name once, to the title of the first test that has it. */
json_t *scenarios_list(const struct exercise *exercise);

#endif
