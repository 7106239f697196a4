/*
 * report_index_parts.h - the sections that report_index.c puts together
 *
 * An entry is {"id", "page", "exercise", "status", "points", "maximum",
 * "undecided", "tests": {ID: {"status", "points", "maximum"}}, "rubric" (the
 * report's), "ratings": {RATER: {DIMENSION: mark}}}; a group is an array of
 * those for one exercise, best first.
 */
#ifndef ASSAY_REPORT_INDEX_PARTS_H
#define ASSAY_REPORT_INDEX_PARTS_H

#include <jansson.h>

#include "html.h"

/** report_index_charts.c: both stand under an <h3>. */
void index_distribution(struct html *html, const json_t *group,
			const char *unique);
void index_pass_rates(struct html *html, const json_t *group);

/** report_index_tables.c: everybody, in the orders of the three arrays. */
void index_submissions(struct html *html, json_t *const orders[3]);
/** All of a group on the same tests; under an <h3>. */
void index_side_by_side(struct html *html, const json_t *group);

/** report_index_rubric.c: what people scored, and how far two of them agree;
 * under an <h3>. */
void index_rubric(struct html *html, const json_t *group);

/** report_index_audit.c: what became of those of @entries that were graded
 * twice, as audit_json() says it (NULL: it does not); under an <h2>. */
void index_audit(struct html *html, const json_t *audit, const json_t *entries);
/** report_index_similar.c: put into each of @entries what links its row to pairs
 * of @similarity, as "alike"; and those links. */
void index_similar_link(json_t *entries, const json_t *similarity);
void index_similar_links(struct html *html, const json_t *entry);
/** What @similarity says of an exercise, if anything; under an <h3>. */
void index_similar(struct html *html, const json_t *similarity,
		   const char *exercise);

/** Ids of all tests that the group's entries have, in the order of the first
 * one that has them. A new reference. */
json_t *index_test_ids(const json_t *group);

#endif
