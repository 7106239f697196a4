/*
 * verify_complaint.h - what of a result is not as "assay verify" wants it
 */
#ifndef ASSAY_VERIFY_COMPLAINT_H
#define ASSAY_VERIFY_COMPLAINT_H

#include <stdbool.h>

#include "result.h"
#include "verify_subject.h"

/**
 * One line about the first thing that must not come of @subject; NULL when all
 * is as it must be. free() it. A mutant's failure has to say which property it
 * is about and what was seen, where a candidate reads it; of hidden tests
 * candidates read nothing.
 */
char *verify_complain(const struct verify_subject *subject,
		      const struct result *result);

/**
 * Whether a submission lost this test: it ran and did not pass, or what it
 * measured earned less than half of the points. A host that failed, and a test
 * that never ran, say nothing about it.
 */
bool verify_is_lost(const struct test_result *test);
bool verify_has_all_points(const struct test_result *test);

#endif
