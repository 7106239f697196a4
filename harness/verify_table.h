/*
 * verify_table.h - what "assay verify" has found out about an exercise, to read
 *
 * The checks of the gate, a line each; which test each subject was lost to; and
 * the time that a submission takes.
 */
#ifndef ASSAY_VERIFY_TABLE_H
#define ASSAY_VERIFY_TABLE_H

#include <stdio.h>

#include <jansson.h>

#include "verify_gate.h"
#include "verify_subject.h"

void verify_table_print(const struct verify_subjects *subjects,
			const struct verify_gate *gate, FILE *out);

/** The same as an object: "repeat", "checks", "subjects", "tests",
 * "wall_ms". */
json_t *verify_table_json(const struct verify_subjects *subjects,
			  const struct verify_gate *gate);

#endif
