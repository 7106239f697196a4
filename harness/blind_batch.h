/*
 * blind_batch.h - reports of a batch, for raters who are not to know whose
 *
 * Puts together what is known of who is who: the journal of the results folder
 * that a report is in says what path the submission had, which is read again
 * for the tags in its sources; a table (names_list.h) may say more.
 */
#ifndef ASSAY_BLIND_BATCH_H
#define ASSAY_BLIND_BATCH_H

#include <stddef.h>

#include <jansson.h>

#include <assay/error.h>

#include "names_list.h"

struct blind_batch;

/** Where pseudonyms of the batch that the report at @report is of are kept
 * unless somebody says else: "RESULTS/blind", see blind.h. free() it. */
char *blind_batch_place(const char *report);

/**
 * @place: see blind_open(), whose errors it has. @names may be NULL, is kept
 * and not taken over.
 */
int blind_batch_new(const char *place, const struct names_list *names,
		    struct blind_batch **ret, struct error *err);
void blind_batch_free(struct blind_batch *batch);

/** What the submission @id is called; the batch's. */
const char *blind_batch_called(struct blind_batch *batch, const char *id);
/** The same of whom @report is about. */
const char *blind_batch_name(struct blind_batch *batch, const json_t *report);

/** @view of @report, which was read from @path, blinded (blind_view.h). A new
 * reference. */
json_t *blind_batch_view(struct blind_batch *batch, const char *path,
			 const json_t *report, const json_t *view);

/** With each view write the sources of its submission, blinded as well, to
 * @folder/candidate-..., where they are still to be had. @folder stays the
 * caller's. */
void blind_batch_sources(struct blind_batch *batch, const char *folder);

/** Keep who is who: blind_save(). Fails also for sources that could not be
 * written. */
int blind_batch_save(struct blind_batch *batch, struct error *err);

/** Views so far, and how many of them without the submission at hand, so that
 * what its sources alone tell of its author was not known. */
size_t blind_batch_count(const struct blind_batch *batch);
size_t blind_batch_unread(const struct blind_batch *batch);
/** How many were in the table; SIZE_MAX without one. */
size_t blind_batch_listed(const struct blind_batch *batch);

#endif
