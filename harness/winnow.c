#include "winnow.h"

#include <stdbool.h>
#include <stdlib.h>

#include <assay/cleanup.h>

/* Each bit of what goes in changes half of what comes out: the finalizer of
 * S. Vigna's SplitMix64. */
static uint64_t mix(uint64_t value)
{
	value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
	value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
	return value ^ (value >> 31);
}

/* Whether a run starts at @at, with its hash. */
static bool hash_run(const struct tokens *tokens, size_t at, uint64_t *ret)
{
	uint16_t kinds[WINNOW_KINDS_MIN];
	unsigned known = 0, i, j;
	uint64_t hash = 0;

	for (i = 0; i < WINNOW_RUN; i++) {
		uint16_t kind = tokens->items[at + i].kind;

		if (kind == TOKEN_BREAK)
			return false;
		hash = mix(hash + 0x9e3779b97f4a7c15u + kind);
		for (j = 0; j < known && kinds[j] != kind; j++)
			;
		if (j == known && known < WINNOW_KINDS_MIN)
			kinds[known++] = kind;
	}
	*ret = hash;
	return known == WINNOW_KINDS_MIN;
}

#define NONE UINT64_MAX /* no hash: chosen last, and then not kept */

/* The hash of each run. free() it. */
static uint64_t *hash_all(const struct tokens *tokens, size_t *count)
{
	size_t runs = tokens->count < WINNOW_RUN
			      ? 0
			      : tokens->count - WINNOW_RUN + 1;
	uint64_t *hashes = calloc(runs + 1, sizeof *hashes);
	size_t i;

	ENOUGH(hashes);
	for (i = 0; i < runs; i++)
		if (!hash_run(tokens, i, &hashes[i]))
			hashes[i] = NONE;
	*count = runs;
	return hashes;
}

static struct fingerprint *new_list(size_t count)
{
	struct fingerprint *items = calloc(count + 1, sizeof *items);

	ENOUGH(items);
	return items;
}

void winnow_all(const struct tokens *tokens, struct fingerprints *ret)
{
	size_t runs, count = 0, i;
	AUTO_FREE uint64_t *hashes = hash_all(tokens, &runs);
	struct fingerprint *items = new_list(runs);

	for (i = 0; i < runs; i++)
		if (hashes[i] != NONE)
			items[count++] = (struct fingerprint){ hashes[i],
							       (uint32_t)i };
	*ret = (struct fingerprints){ items, count };
}

/* The rightmost of the smallest from @first up to @end. */
static size_t smallest(const uint64_t *hashes, size_t first, size_t end)
{
	size_t chosen = first, i;

	for (i = first; i < end; i++)
		if (hashes[i] <= hashes[chosen])
			chosen = i;
	return chosen;
}

void winnow(const struct tokens *tokens, struct fingerprints *ret)
{
	size_t runs, count = 0, before = SIZE_MAX, end;
	AUTO_FREE uint64_t *hashes = hash_all(tokens, &runs);
	struct fingerprint *items = new_list(runs);

	/* A text shorter than a window is one. */
	for (end = runs < WINNOW_WINDOW ? runs : WINNOW_WINDOW;
	     runs > 0 && end <= runs; end++) {
		size_t first = end < WINNOW_WINDOW ? 0 : end - WINNOW_WINDOW;
		size_t chosen = before;

		if (before == SIZE_MAX || before < first)
			chosen = smallest(hashes, first, end);
		else if (hashes[end - 1] <= hashes[before])
			chosen = end - 1;
		if (chosen != before && hashes[chosen] != NONE)
			items[count++] = (struct fingerprint){
				hashes[chosen], (uint32_t)chosen
			};
		before = chosen;
	}
	*ret = (struct fingerprints){ items, count };
}

void fingerprints_release(struct fingerprints *fingerprints)
{
	free(fingerprints->items);
	*fingerprints = (struct fingerprints){ .items = NULL };
}
