/*
 * report_similar.h - two submissions side by side, where they are alike
 *
 * A page that stands alone (html_page.h), of one pair of similarity.json
 * (similar_batch.h): each region of both beside the other, then all of both
 * with the regions marked. It says what was found and what that can mean, and
 * accuses nobody.
 */
#ifndef ASSAY_REPORT_SIMILAR_H
#define ASSAY_REPORT_SIMILAR_H

#include <stdio.h>

#include <jansson.h>

#include "fileset.h"

/* The reasons that there are; what every view of similarity says first. */
extern const char report_similar_caution[];

struct report_similar {
	const json_t *pair;
	const struct fileset *files[2]; /* of its first, of its second */
	const char *names[2];           /* what they are called on the page */
	const char *index;              /* path of the index, or NULL */
	/**
	 * A line of the submission of this side as it may be shown; free() it.
	 * NULL: as it is.
	 */
	char *(*line)(void *data, size_t side, const char *text);
	void *data;
};

/** Write the page. -EIO: a file cannot be read. */
int report_similar_page(const struct report_similar *page, FILE *out,
			struct error *err);

#endif
