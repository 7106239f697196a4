#include "similar_match.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "winnow.h"

/* Tokens of both, from @at on. */
struct run {
	size_t at[2];
	size_t length[2]; /* not the same where it was joined of several */
	size_t tokens;    /* that are the same */
};

struct matching {
	const struct tokens *tokens[2];
	struct fingerprints prints[2]; /* the second's by hash */
	bool *taken[2];                /* by token: is in a run */
	bool *left_out; /* by token of the first: is in what is left out */
	struct run *runs;
	size_t count;
};

static int compare_print(const void *left, const void *right)
{
	const struct fingerprint *a = left, *b = right;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return (a->at > b->at) - (a->at < b->at);
}

/* By token of @tokens, whether it is in a run that is left out. free() it. */
static bool *find_left_out(const struct similar *similar,
			   const struct tokens *tokens)
{
	bool *left_out = calloc(tokens->count + 1, sizeof *left_out);
	struct fingerprints all;
	size_t i;

	ENOUGH(left_out);
	winnow_all(tokens, &all);
	for (i = 0; i < all.count; i++)
		if (similar_is_left_out(similar, all.items[i].hash))
			memset(left_out + all.items[i].at, true, WINNOW_RUN);
	fingerprints_release(&all);
	return left_out;
}

static void keep_own(const struct similar *similar,
		     struct fingerprints *fingerprints)
{
	size_t kept = 0, i;

	for (i = 0; i < fingerprints->count; i++)
		if (!similar_is_left_out(similar, fingerprints->items[i].hash))
			fingerprints->items[kept++] = fingerprints->items[i];
	fingerprints->count = kept;
}

/* ---- one run ---- */

/* Whether token @a of the first and @b of the second may be in one run. */
static bool is_same(const struct matching *matching, size_t a, size_t b)
{
	const struct tokens *const *tokens = matching->tokens;

	return a < tokens[0]->count && b < tokens[1]->count &&
	       tokens[0]->items[a].kind != TOKEN_BREAK &&
	       tokens[0]->items[a].kind == tokens[1]->items[b].kind &&
	       !matching->taken[0][a] && !matching->taken[1][b];
}

static struct run grow(const struct matching *matching, size_t a, size_t b)
{
	size_t end = 0, before = 0;

	while (is_same(matching, a + end, b + end))
		end++;
	while (end > 0 && before < a && before < b &&
	       is_same(matching, a - before - 1, b - before - 1))
		before++;
	return (struct run){
		.at = { a - before, b - before },
		.length = { end + before, end + before },
		.tokens = end + before,
	};
}

static struct run longest(const struct matching *matching,
			  const struct fingerprint *print)
{
	const struct fingerprints *others = &matching->prints[1];
	size_t low = 0, high = others->count, tried;
	struct run best = { .tokens = 0 };

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (others->items[middle].hash < print->hash)
			low = middle + 1;
		else
			high = middle;
	}
	for (tried = 0; tried < SIMILAR_TRIED_MAX && low < others->count &&
			others->items[low].hash == print->hash;
	     tried++, low++) {
		struct run run = grow(matching, print->at,
				      others->items[low].at);

		if (run.tokens > best.tokens)
			best = run;
	}
	return best;
}

/* Without what is left out at its ends: what stands around it is no match. */
static void trim(const struct matching *matching, struct run *run)
{
	while (run->tokens > 0 && matching->left_out[run->at[0]]) {
		run->at[0]++;
		run->at[1]++;
		run->tokens--;
	}
	while (run->tokens > 0 &&
	       matching->left_out[run->at[0] + run->tokens - 1])
		run->tokens--;
	run->length[0] = run->length[1] = run->tokens;
}

static void take(struct matching *matching, const struct run *run)
{
	size_t side, i;

	for (side = 0; side < 2; side++)
		for (i = 0; i < run->length[side]; i++)
			matching->taken[side][run->at[side] + i] = true;
	matching->runs[matching->count++] = *run;
}

/* ---- all of them ---- */

static int compare_run(const void *left, const void *right)
{
	const struct run *a = left, *b = right;

	return (a->at[0] > b->at[0]) - (a->at[0] < b->at[0]);
}

/* Most tokens first. */
static int compare_size(const void *left, const void *right)
{
	const struct run *a = left, *b = right;

	if (a->tokens != b->tokens)
		return a->tokens > b->tokens ? -1 : 1;
	return compare_run(left, right);
}

/* Whether @next is so close behind @run, on both sides, that they are one. */
static bool joins(const struct matching *matching, const struct run *run,
		  const struct run *next)
{
	size_t side, i;

	for (side = 0; side < 2; side++) {
		const struct token *items = matching->tokens[side]->items;
		size_t end = run->at[side] + run->length[side];

		if (next->at[side] < end ||
		    next->at[side] - end > SIMILAR_GAP_MAX)
			return false;
		for (i = end; i < next->at[side]; i++)
			if (items[i].kind == TOKEN_BREAK ||
			    matching->taken[side][i])
				return false;
	}
	return true;
}

static void join(struct matching *matching)
{
	struct run *runs = matching->runs;
	size_t kept = 0, i, side;

	qsort(runs, matching->count, sizeof *runs, compare_run);
	for (i = 0; i < matching->count; i++) {
		if (kept == 0 || !joins(matching, &runs[kept - 1], &runs[i])) {
			runs[kept++] = runs[i];
			continue;
		}
		for (side = 0; side < 2; side++)
			runs[kept - 1].length[side] = runs[i].at[side] +
						      runs[i].length[side] -
						      runs[kept - 1].at[side];
		runs[kept - 1].tokens += runs[i].tokens;
	}
	matching->count = kept;
	qsort(runs, kept, sizeof *runs, compare_size);
}

static struct similar_lines lines_of(const struct tokens *tokens, size_t at,
				     size_t length)
{
	const struct token *first = &tokens->items[at];
	const struct token *last = &tokens->items[at + length - 1];

	return (struct similar_lines){ first->file, first->line, last->line };
}

static void tell(const struct matching *matching, struct similar_matches *ret)
{
	size_t count = matching->count, i, side;

	if (count > SIMILAR_MATCHES_MAX)
		count = SIMILAR_MATCHES_MAX;
	ret->items = calloc(count + 1, sizeof *ret->items);
	ENOUGH(ret->items);
	ret->count = count;
	for (i = 0; i < count; i++) {
		const struct run *run = &matching->runs[i];

		ret->items[i].tokens = run->tokens;
		for (side = 0; side < 2; side++)
			ret->items[i].lines[side] = lines_of(
				matching->tokens[side], run->at[side],
				run->length[side]);
	}
}

void similar_match(const struct similar *similar, const struct tokens *first,
		   const struct tokens *second, struct similar_matches *ret)
{
	struct matching matching = { .tokens = { first, second } };
	size_t side, i;

	for (side = 0; side < 2; side++) {
		const struct tokens *tokens = matching.tokens[side];

		winnow(tokens, &matching.prints[side]);
		keep_own(similar, &matching.prints[side]);
		matching.taken[side] = calloc(tokens->count + 1, sizeof(bool));
		ENOUGH(matching.taken[side]);
	}
	qsort(matching.prints[1].items, matching.prints[1].count,
	      sizeof *matching.prints[1].items, compare_print);
	matching.left_out = find_left_out(similar, first);
	matching.runs = calloc(matching.prints[0].count + 1,
			       sizeof *matching.runs);
	ENOUGH(matching.runs);
	for (i = 0; i < matching.prints[0].count; i++) {
		struct run run = longest(&matching,
					 &matching.prints[0].items[i]);

		trim(&matching, &run);
		if (run.tokens >= SIMILAR_LEFT_MIN)
			take(&matching, &run);
	}
	join(&matching);
	tell(&matching, ret);
	free(matching.runs);
	free(matching.left_out);
	for (side = 0; side < 2; side++) {
		free(matching.taken[side]);
		fingerprints_release(&matching.prints[side]);
	}
}
