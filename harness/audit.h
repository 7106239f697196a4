/*
 * audit.h - how many submissions would be judged otherwise the next time
 *
 * Some of a batch are graded a second time, and the verdict digests compared
 * (audit_pick.h says which). This is what became of it, from "audit" lines of
 * journals, and what follows: with none of 20 differing, a share of 14 % flaky
 * ones would have been noticed with a probability of 95 %.
 */
#ifndef ASSAY_AUDIT_H
#define ASSAY_AUDIT_H

#include <stdint.h>

#include <jansson.h>

#include "journal.h"

#define AUDIT_DOUBT 0.05 /* 95 % confidence */

/**
 * The share of flaky ones that @differing of @of, at least 1, leaves possible:
 * the upper end of the one-sided interval of Clopper and Pearson ("The use of
 * confidence or fiducial limits illustrated in the case of the binomial",
 * Biometrika 26, 1934), the share at which so few or fewer would be seen with
 * the probability AUDIT_DOUBT. For 0 of n that is 1 - 0.05^(1/n).
 */
double audit_bound(uint64_t differing, uint64_t of);

struct audit;

struct audit *audit_new(void);
void audit_free(struct audit *audit);

/**
 * Take in a line of a journal. A "graded" line makes what was audited of that
 * submission before void: it was of another report.
 */
void audit_take(struct audit *audit, const struct journal_entry *entry);
/** The journal is at its end; ids of the next one are others. */
void audit_end(struct audit *audit);

/**
 * {"graded_twice", "differing": [{"submission", "tests": [ID ...]}],
 *  "flaky_below", "confidence"}: by submission; "flaky_below" is null where
 * nothing, or everything, speaks for it. A new reference.
 */
json_t *audit_json(const struct audit *audit);

/** Two of these of different batches, as one. A new reference. */
json_t *audit_sum(const json_t *one, const json_t *other);

/** That in words, a line or more, each with its newline; free() it. */
char *audit_words(const json_t *json);

#endif
