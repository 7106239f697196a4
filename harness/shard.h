/*
 * shard.h - part K of N of a batch
 *
 * Every machine gets the same list of submissions and takes each Nth of it,
 * from the Kth on. What a submission is called is planned over the whole list
 * first (plan.h), so that parts fit together again.
 */
#ifndef ASSAY_SHARD_H
#define ASSAY_SHARD_H

#include <stdbool.h>
#include <stddef.h>

#include "plan.h"

#define SHARD_MAX 100000 /* parts */

struct shard {
	size_t part; /* from 1 */
	size_t of;   /* 0: not split, all of the batch */
};

/** "2/8": 1 <= K <= N <= SHARD_MAX, decimal digits only. */
bool shard_parse(const char *text, struct shard *ret);

/** How many of @total submissions it has. */
size_t shard_count(const struct shard *shard, size_t total);

/** Leave in @plan only what the shard has. */
void shard_select(const struct shard *shard, struct plan *plan);

#endif
