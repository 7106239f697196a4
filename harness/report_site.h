/*
 * report_site.h - the pages of many reports, with an index before them
 *
 * FOLDER/index.html and FOLDER/reports/NAME.html, and for pairs with much code
 * alike FOLDER/similar/NUMBER.html, most alike first. A candidate's pages have no
 * index: theirs is the only one that one of them is sent.
 */
#ifndef ASSAY_REPORT_SITE_H
#define ASSAY_REPORT_SITE_H

#include <jansson.h>

#include <assay/error.h>

#include "report_similar.h"

struct report_site;

/** Makes @folder and the one in it, where they are not there. 0 or -errno. */
int report_site_new(const char *folder, struct report_site **ret,
		    struct error *err);
/** Write the page of @view (report_view.h) as that of report @name. */
int report_site_add(struct report_site *site, const json_t *view,
		    const char *name, struct error *err);
/** What an audit has shown (audit_json()) is said in the index. */
void report_site_audit(struct report_site *site, const json_t *audit);
/**
 * Write the page of one pair of a similarity.json (similar_batch.h), whose
 * "page" it sets. ->index is the site's to fill.
 */
int report_site_pair(struct report_site *site, json_t *pair,
		     struct report_similar *page, struct error *err);
/** Have the index say what code is alike, and write FOLDER/similarity.json. */
int report_site_similar(struct report_site *site, json_t *similarity,
			struct error *err);

/** Write the index of what was added, unless that is nothing, or for
 * candidates. @site is gone in any case; NULL is nothing. */
int report_site_end(struct report_site *site, struct error *err);

#endif
