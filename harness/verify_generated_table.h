/*
 * verify_generated_table.h - what came of generated mutants, to read
 */
#ifndef ASSAY_VERIFY_GENERATED_TABLE_H
#define ASSAY_VERIFY_GENERATED_TABLE_H

#include <stdio.h>

#include <jansson.h>

#include "verify_generated.h"

/** Numbers by operator, the score, and each survivor with its diff. */
void verify_generated_print(const struct verify_generated *generated,
			    FILE *out);

/** The same as an object: "possible", "made", "fates", "score", "operators",
 * "killers", "survivors". */
json_t *verify_generated_json(const struct verify_generated *generated);

#endif
