/*
 * changes.h - two gradings of one submission: what differs, and why
 *
 * Works on two reports and nothing else, so it can say of any two what it
 * says after "assay grade --regrade". An entry is one submission as
 * changes.json has it:
 *
 *   {"submission": ID, "changed": BOOL,
 *    "before": {"status","points","maximum","verdict_digest"} or null,
 *    "after": the same,
 *    "tests": [{"id", "before": {"status","points","maximum"} or null,
 *               "after": the same, "note": TEXT or null}],
 *    "causes": [{"cause": NAME, "detail": TEXT}]}
 *
 * "tests" are those that did not come to the same. "causes" is all that
 * differs of what can change a verdict; only of a submission that changed are
 * they counted. The names:
 *
 *   submission  other files, or other bytes in them
 *   exercise    another version or digest: tests, points, what they ask
 *   language    built as another language
 *   seeds       hidden tests with or without, or by another secret
 *   toolchain   another compiler or libc
 *   assay       another version of assay
 *   isolation   another level, or none
 *   policy      other limits by the same exercise
 *   machine     another kernel or architecture
 *   fault       the host or the harness failed in one of the two
 *   measured    only tests that measure differ, and they may
 *   unstable    none of these: the verdict itself is not stable
 *   new, gone   only in one of the two
 */
#ifndef ASSAY_CHANGES_H
#define ASSAY_CHANGES_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

/**
 * The entry of a submission with the reports @before and @after, of which one
 * may be NULL. A new reference. What a report lacks counts as null.
 */
json_t *changes_entry(const json_t *before, const json_t *after);

/**
 * {"submissions", "changed", "causes": {NAME: count}} of the array @entries.
 * One that changed for two causes counts for each. A new reference.
 */
json_t *changes_totals(const json_t *entries);

/**
 * The ids of tests whose part of the reports' "verdict" is not the same, in the
 * order of @after. A new reference.
 */
json_t *changes_verdict(const json_t *before, const json_t *after);

/**
 * Which files of @after, a report's "submission", are not as in @before:
 * "changed queue.c; added notes.txt", or "" for none. free() it.
 */
char *changes_files(const json_t *before, const json_t *after);

/**
 * For people, at most 80 columns: one @entry that changed, its tests and all its
 * causes. Control characters are replaced.
 */
void changes_print_entry(const json_t *entry, FILE *out, bool colour);

/**
 * For people, at most 80 columns: the entries that changed, the causes with
 * how many changed for each. Control characters are replaced.
 */
void changes_print(const json_t *entries, FILE *out, bool colour);

#endif
