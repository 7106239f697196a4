/*
 * blind_view.h - a view without what tells whose it is
 *
 * Where report_view.h says what of a report an audience may see, this says what
 * a rater may who is not to know the candidate: one filter before any format,
 * over every text that is not the harness's or the exercise's own. The
 * submission's id becomes its pseudonym, names become names.h's NAMES_HIDDEN.
 * What could be looked up is left out: digests of files and verdict, the
 * signature, the time of day (a batch is graded in some order). "blinded": true
 * says that this is no report that could be verified.
 */
#ifndef ASSAY_BLIND_VIEW_H
#define ASSAY_BLIND_VIEW_H

#include <stdbool.h>

#include <jansson.h>

#include "names.h"

/**
 * What @report itself tells of who it is about: its id, author tags in what it
 * quotes. The words of its exercise are no names.
 */
void blind_view_learn(struct names *names, const json_t *report);

/**
 * @view (report_view.h), a new reference, as that of @pseudonym, who is called
 * @names. @view is unchanged, and may be any JSON.
 */
json_t *blind_view(const json_t *view, const struct names *names,
		   const char *pseudonym);

/** Whether this is one. */
bool blind_view_is(const json_t *view);

#endif
