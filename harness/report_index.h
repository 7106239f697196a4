/*
 * report_index.h - a batch on one page
 *
 * How the scores are spread, how many pass each test, every submission in
 * several orders, and all of them side by side on the same tests. Stands alone
 * as the other pages do (html_page.h); each name leads to its submission's.
 */
#ifndef ASSAY_REPORT_INDEX_H
#define ASSAY_REPORT_INDEX_H

#include <stdio.h>

#include <jansson.h>

struct report_index;

struct report_index *report_index_new(void);
void report_index_free(struct report_index *index);

/**
 * Take what the index says of one submission from @view (report_view.h), not
 * kept. @page is the path of its page beside the index, or NULL.
 */
void report_index_add(struct report_index *index, const json_t *view,
		      const char *page);

/** Take in what an audit has shown, audit_json(), not kept. */
void report_index_audit(struct report_index *index, const json_t *audit);
/** Say what code is alike by @similarity, a similarity.json whose pairs have
 * a "page" beside the index (similar_batch.h). Kept by reference. */
void report_index_similar(struct report_index *index, json_t *similarity);

/** Write the page to @out. */
void report_index_write(struct report_index *index, FILE *out);

#endif
