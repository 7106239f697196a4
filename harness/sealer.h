/*
 * sealer.h - the signatures of a batch, one report after the other
 *
 * Holds the key and the place in the chain (seal.h). The chain is named after
 * the journal's first line; where it stands is read back from the journal's
 * "graded" lines, which tell of each report
 *
 *   "signature": {"chain", "sequence", "previous", "digest"}
 *
 * so a batch that was killed and goes on continues its chain, and a report that
 * nobody had written a line about is signed again with the report it becomes.
 */
#ifndef ASSAY_SEALER_H
#define ASSAY_SEALER_H

#include "journal.h"
#include "key.h"

struct sealer;

/** @key is copied; the journal in @folder has its first line already. */
int sealer_new(const struct key *key, const char *folder, struct sealer **ret,
	       struct error *err);
void sealer_free(struct sealer *sealer);

/**
 * Sign @report, and say so in @line, its "graded" line of the journal; in the
 * order in which lines are written, in one thread at a time. Nothing without a
 * sealer.
 */
void sealer_seal(struct sealer *sealer, json_t *report, json_t *line);

#endif
