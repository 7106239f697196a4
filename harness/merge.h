/*
 * merge.h - the result folders of a batch's shards, put together
 *
 * Out of the shards comes the folder that one machine would have made: their
 * reports, one journal, and from it the summary. Every report is read first,
 * and anything that would make it another batch's is an error that names the
 * folder: nothing is written before all of it fits.
 */
#ifndef ASSAY_MERGE_H
#define ASSAY_MERGE_H

#include <stddef.h>

#include <jansson.h>

#include <assay/error.h>

struct merge;

struct merge *merge_new(void);
void merge_free(struct merge *merge);

/**
 * Take in the shard in @dir, which must outlive @merge. -EINVAL: it is no
 * shard, not finished, there twice, or of another batch than those before:
 * another list of submissions, other options, another version of assay or of
 * an exercise; or a report is not the one that its journal tells of.
 */
int merge_add(struct merge *merge, const char *dir, struct error *err);

/** -EINVAL: shards are missing, and the text says which. */
int merge_complete(const struct merge *merge, struct error *err);

/**
 * Write all into @out, made if it is not there. Reports become hard links
 * where the file system has them, the journal is written last. -ENOTEMPTY:
 * @out has something in it.
 */
int merge_write(const struct merge *merge, const char *out, struct error *err);

size_t merge_graded(const struct merge *merge);

/** What could not be graded: [{"path", "message"}], borrowed. */
const json_t *merge_errors(const struct merge *merge);

/**
 * Toolchains and levels of isolation that are not everywhere the same:
 * {WHAT: {VALUE: folder of the first}}, borrowed. Verdicts are only as equal
 * as these are.
 */
const json_t *merge_environment(const struct merge *merge);

#endif
