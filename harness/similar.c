#include "similar.h"

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#define ROOM_FIRST 256

/* A sorted array of hashes, each there once. */
struct hashes {
	uint64_t *items;
	size_t count;
};

/* That a submission has a fingerprint. */
struct posting {
	uint64_t hash;
	size_t number;
};

struct similar {
	struct hashes excluded;
	struct hashes common;
	struct hashes *own; /* of each submission */
	size_t count, room;
	struct posting *postings; /* by hash, then by number */
	size_t posting_count;
};

/* ---- sets ---- */

static int compare_hash(const void *left, const void *right)
{
	const uint64_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

static bool has(const struct hashes *set, uint64_t hash)
{
	return set->count > 0 && bsearch(&hash, set->items, set->count,
					 sizeof hash, compare_hash) != NULL;
}

/* Add @fingerprints to what is in @set. */
static void unite(struct hashes *set, const struct fingerprints *fingerprints)
{
	size_t count = set->count + fingerprints->count, kept = 0, i;

	set->items = reallocarray(set->items, count + 1, sizeof *set->items);
	ENOUGH(set->items);
	for (i = 0; i < fingerprints->count; i++)
		set->items[set->count + i] = fingerprints->items[i].hash;
	qsort(set->items, count, sizeof *set->items, compare_hash);
	for (i = 0; i < count; i++)
		if (kept == 0 || set->items[kept - 1] != set->items[i])
			set->items[kept++] = set->items[i];
	set->count = kept;
}

/* Leave only what is not in @other. */
static void subtract(struct hashes *set, const struct hashes *other)
{
	size_t kept = 0, i;

	for (i = 0; i < set->count; i++)
		if (!has(other, set->items[i]))
			set->items[kept++] = set->items[i];
	set->count = kept;
}

/* ---- submissions ---- */

struct similar *similar_new(void)
{
	struct similar *similar = calloc(1, sizeof *similar);

	ENOUGH(similar);
	return similar;
}

void similar_free(struct similar *similar)
{
	size_t i;

	if (!similar)
		return;
	for (i = 0; i < similar->count; i++)
		free(similar->own[i].items);
	free(similar->own);
	free(similar->excluded.items);
	free(similar->common.items);
	free(similar->postings);
	free(similar);
}

void similar_exclude(struct similar *similar, const struct tokens *tokens)
{
	struct fingerprints fingerprints;

	winnow_all(tokens, &fingerprints);
	unite(&similar->excluded, &fingerprints);
	fingerprints_release(&fingerprints);
}

size_t similar_add(struct similar *similar, const struct tokens *tokens)
{
	struct fingerprints fingerprints;
	struct hashes *own;

	CHECK(!similar->postings);
	if (similar->count == similar->room) {
		similar->room = similar->room ? 2 * similar->room : ROOM_FIRST;
		similar->own = reallocarray(similar->own, similar->room,
					    sizeof *similar->own);
		ENOUGH(similar->own);
	}
	own = &similar->own[similar->count];
	*own = (struct hashes){ .items = NULL };
	winnow(tokens, &fingerprints);
	unite(own, &fingerprints);
	fingerprints_release(&fingerprints);
	return similar->count++;
}

/* ---- the index ---- */

static int compare_posting(const void *left, const void *right)
{
	const struct posting *a = left, *b = right;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return (a->number > b->number) - (a->number < b->number);
}

static void post_all(struct similar *similar)
{
	size_t total = 0, i, j;

	for (i = 0; i < similar->count; i++) {
		subtract(&similar->own[i], &similar->excluded);
		total += similar->own[i].count;
	}
	similar->postings = calloc(total + 1, sizeof *similar->postings);
	ENOUGH(similar->postings);
	for (i = 0; i < similar->count; i++)
		for (j = 0; j < similar->own[i].count; j++)
			similar->postings[similar->posting_count++] =
				(struct posting){ similar->own[i].items[j], i };
	qsort(similar->postings, total, sizeof *similar->postings,
	      compare_posting);
}

static size_t common_limit(const struct similar *similar)
{
	size_t limit = similar->count / SIMILAR_COMMON_SHARE;

	if (limit < SIMILAR_COMMON_MIN)
		limit = SIMILAR_COMMON_MIN;
	return limit < SIMILAR_COMMON_MAX ? limit : SIMILAR_COMMON_MAX;
}

/* How many postings from @start on have one hash. */
static size_t posted(const struct similar *similar, size_t start)
{
	const struct posting *postings = similar->postings;
	size_t end = start;

	while (end < similar->posting_count &&
	       postings[end].hash == postings[start].hash)
		end++;
	return end - start;
}

/* Take what too many have out of the index, and out of what is their own. */
static void drop_common(struct similar *similar)
{
	size_t limit = common_limit(similar), kept = 0, start, count, i;
	struct hashes *common = &similar->common;

	common->items = calloc(similar->posting_count / limit + 1,
			       sizeof *common->items);
	ENOUGH(common->items);
	for (start = 0; start < similar->posting_count; start += count) {
		uint64_t hash = similar->postings[start].hash;

		count = posted(similar, start);
		if (count > limit) {
			common->items[common->count++] = hash;
			continue;
		}
		memmove(similar->postings + kept, similar->postings + start,
			count * sizeof *similar->postings);
		kept += count;
	}
	similar->posting_count = kept;
	for (i = 0; i < similar->count; i++)
		subtract(&similar->own[i], common);
}

/* ---- pairs ---- */

struct ranking {
	const struct similar *similar;
	struct similar_pair *best; /* a heap, the least alike on top */
	size_t count, max;
	double *nearest; /* share, for each submission */
	size_t *shared;  /* of the one at work with each before it */
};

/* Whether @a comes after @b; no two are equal, so that the order is one. */
static bool is_worse(const struct similar_pair *a, const struct similar_pair *b)
{
	if (a->share < b->share || a->share > b->share)
		return a->share < b->share;
	if (a->shared != b->shared)
		return a->shared < b->shared;
	if (a->first != b->first)
		return a->first > b->first;
	return a->second > b->second;
}

static int compare_pair(const void *left, const void *right)
{
	return is_worse(left, right) ? 1 : is_worse(right, left) ? -1 : 0;
}

static void swap(struct similar_pair *a, struct similar_pair *b)
{
	struct similar_pair other = *a;

	*a = *b;
	*b = other;
}

static void sink(struct ranking *ranking, size_t at)
{
	struct similar_pair *best = ranking->best;
	size_t worst, child;

	for (;; at = worst) {
		worst = at;
		for (child = 2 * at + 1;
		     child <= 2 * at + 2 && child < ranking->count; child++)
			if (is_worse(&best[child], &best[worst]))
				worst = child;
		if (worst == at)
			return;
		swap(&best[at], &best[worst]);
	}
}

static void rise(struct ranking *ranking, size_t at)
{
	struct similar_pair *best = ranking->best;

	for (; at > 0 && is_worse(&best[at], &best[(at - 1) / 2]);
	     at = (at - 1) / 2)
		swap(&best[at], &best[(at - 1) / 2]);
}

static void offer(struct ranking *ranking, const struct similar_pair *pair)
{
	if (ranking->count < ranking->max) {
		ranking->best[ranking->count] = *pair;
		rise(ranking, ranking->count++);
	} else if (ranking->max > 0 && is_worse(&ranking->best[0], pair)) {
		ranking->best[0] = *pair;
		sink(ranking, 0);
	}
}

/* The first posting of @hash, which there is. */
static const struct posting *find_postings(const struct similar *similar,
					   uint64_t hash)
{
	size_t low = 0, high = similar->posting_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (similar->postings[middle].hash < hash)
			low = middle + 1;
		else
			high = middle;
	}
	return similar->postings + low;
}

/* Count into ->shared what @number has with each before it. */
static void count_shared(struct ranking *ranking, size_t number)
{
	const struct hashes *own = &ranking->similar->own[number];
	const struct posting *posting;
	size_t i;

	memset(ranking->shared, 0, number * sizeof *ranking->shared);
	for (i = 0; i < own->count; i++)
		for (posting = find_postings(ranking->similar, own->items[i]);
		     posting->number < number; posting++)
			ranking->shared[posting->number]++;
}

static void note_nearest(struct ranking *ranking,
			 const struct similar_pair *pair)
{
	double *first = &ranking->nearest[pair->first];
	double *second = &ranking->nearest[pair->second];

	*first = pair->share > *first ? pair->share : *first;
	*second = pair->share > *second ? pair->share : *second;
}

static void rank_one(struct ranking *ranking, size_t number)
{
	const struct similar *similar = ranking->similar;
	size_t own = similar_own(similar, number), other, i;

	if (!similar_is_compared(similar, number))
		return;
	count_shared(ranking, number);
	for (i = 0; i < number; i++) {
		struct similar_pair pair = { i, number, ranking->shared[i], 0 };

		if (pair.shared == 0 || !similar_is_compared(similar, i))
			continue;
		other = similar_own(similar, i);
		pair.share = (double)pair.shared /
			     (double)(own < other ? own : other);
		note_nearest(ranking, &pair);
		offer(ranking, &pair);
	}
}

static int compare_share(const void *left, const void *right)
{
	const double *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

/* Of those that are compared. */
static double median_nearest(const struct ranking *ranking)
{
	size_t count = 0, i;

	for (i = 0; i < ranking->similar->count; i++)
		if (similar_is_compared(ranking->similar, i))
			ranking->nearest[count++] = ranking->nearest[i];
	qsort(ranking->nearest, count, sizeof *ranking->nearest, compare_share);
	return count > 0 ? ranking->nearest[count / 2] : 0;
}

void similar_rank(struct similar *similar, size_t max,
		  struct similar_ranking *ret)
{
	AUTO_FREE double *nearest = calloc(similar->count + 1, sizeof *nearest);
	AUTO_FREE size_t *shared = calloc(similar->count + 1, sizeof *shared);
	struct ranking ranking = {
		.similar = similar,
		.best = calloc(max + 1, sizeof *ranking.best),
		.max = max,
		.nearest = nearest,
		.shared = shared,
	};
	size_t i;

	ENOUGH(nearest && shared && ranking.best);
	CHECK(!similar->postings);
	post_all(similar);
	drop_common(similar);
	for (i = 0; i < similar->count; i++)
		rank_one(&ranking, i);
	qsort(ranking.best, ranking.count, sizeof *ranking.best, compare_pair);
	*ret = (struct similar_ranking){
		.pairs = ranking.best,
		.count = ranking.count,
		.usual = median_nearest(&ranking),
	};
}

size_t similar_own(const struct similar *similar, size_t number)
{
	return similar->own[number].count;
}

bool similar_is_compared(const struct similar *similar, size_t number)
{
	return similar_own(similar, number) >= SIMILAR_OWN_MIN;
}

size_t similar_common(const struct similar *similar)
{
	return similar->common.count;
}

bool similar_is_left_out(const struct similar *similar, uint64_t hash)
{
	return has(&similar->excluded, hash) || has(&similar->common, hash);
}
