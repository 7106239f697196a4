/*
 * mutation.c - see mutation.h
 */
#include "mutation.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "text.h"

static const char *const names[MUTATION_KINDS] = {
	[MUTATION_DROP_UNLOCK] = "drop-unlock",
	[MUTATION_SIGNAL_FOR_BROADCAST] = "signal-for-broadcast",
	[MUTATION_IF_FOR_WHILE] = "if-for-while",
	[MUTATION_SWAP_LOCKS] = "swap-locks",
	[MUTATION_OFF_BY_ONE] = "off-by-one",
	[MUTATION_DROP_CHECK] = "drop-check",
	[MUTATION_NEGATE] = "negate",
	[MUTATION_DELETE_CALL] = "delete-call",
	[MUTATION_RETURN_VALUE] = "return-value",
};

const char *mutation_kind_name(enum mutation_kind kind)
{
	CHECK(kind < MUTATION_KINDS);
	return names[kind];
}

static bool find_kind(const char *name, size_t length, unsigned *ret)
{
	for (unsigned i = 0; i < MUTATION_KINDS; i++)
		if (strlen(names[i]) == length &&
		    memcmp(names[i], name, length) == 0) {
			*ret = i;
			return true;
		}
	return false;
}

int mutation_kinds_parse(const char *list, unsigned *ret, struct error *err)
{
	unsigned bits = 0, one;

	for (;;) {
		size_t length = strcspn(list, ",");

		if (!find_kind(list, length, &one))
			return error_set(err, EINVAL, "'%.*s' is no operator",
					 (int)(length < 64 ? length : 64),
					 list);
		bits |= 1u << one;
		if (!list[length])
			break;
		list += length + 1;
	}
	*ret = bits;
	return 0;
}

void mutation_list_release(struct mutation_list *mutations)
{
	for (size_t i = 0; i < mutations->count; i++) {
		free(mutations->list[i].replacement);
		free(mutations->list[i].function);
	}
	free(mutations->list);
	*mutations = (struct mutation_list){ 0 };
}

static unsigned line_of(const char *text, size_t offset)
{
	unsigned line = 1;

	for (size_t i = 0; i < offset; i++)
		line += text[i] == '\n';
	return line;
}

static bool is_known(const struct mutation_list *mutations, size_t offset,
		     size_t length, const char *replacement)
{
	for (size_t i = 0; i < mutations->count; i++) {
		const struct mutation *other = &mutations->list[i];

		if (other->offset == offset && other->length == length &&
		    strcmp(other->replacement, replacement) == 0)
			return true;
	}
	return false;
}

void mutation_add(struct mutation_list *mutations, enum mutation_kind kind,
		  const char *text, size_t offset, size_t length,
		  const char *replacement, const char *function)
{
	struct mutation *longer;

	if ((strlen(replacement) == length &&
	     memcmp(text + offset, replacement, length) == 0) ||
	    is_known(mutations, offset, length, replacement))
		return;
	longer = reallocarray(mutations->list, mutations->count + 1,
			      sizeof *longer);
	ENOUGH(longer);
	mutations->list = longer;
	longer[mutations->count++] = (struct mutation){
		.kind = kind,
		.offset = offset,
		.length = length,
		.replacement = text_format("%s", replacement),
		.function = text_format("%s", function),
		.line = line_of(text, offset),
	};
}

char *mutation_apply(const struct mutation *mutation, const char *text)
{
	return text_format("%.*s%s%s", (int)mutation->offset, text,
			   mutation->replacement,
			   text + mutation->offset + mutation->length);
}

/* ---- as a diff ---- */

/* Where the line that @at is in starts, and where the one after it does. */
static size_t line_start(const char *text, size_t at)
{
	while (at > 0 && text[at - 1] != '\n')
		at--;
	return at;
}

static size_t line_end(const char *text, size_t at)
{
	at += strcspn(text + at, "\n");
	return text[at] ? at + 1 : at;
}

static unsigned count_lines(const char *text, size_t from, size_t to)
{
	unsigned lines = 0;

	for (size_t i = from; i < to; i++)
		lines += text[i] == '\n' || i + 1 == to;
	return lines;
}

/* Every line of @text from @from to @to behind @mark. */
static void put_lines(FILE *out, char mark, const char *text, size_t from,
		      size_t to)
{
	while (from < to) {
		size_t end = line_end(text, from);

		(void)fprintf(out, "%c%.*s", mark, (int)(end - from),
			      text + from);
		if (text[end - 1] != '\n')
			(void)fputs("\n\\ No newline at end of file\n", out);
		from = end;
	}
}

char *mutation_diff(const struct mutation *mutation, const char *text,
		    const char *name)
{
	AUTO_FREE char *made = mutation_apply(mutation, text);
	size_t start = line_start(text, mutation->offset);
	size_t stop = line_end(text, mutation->offset + mutation->length);
	size_t made_stop = stop + strlen(made) - strlen(text);
	size_t before = start > 0 ? line_start(text, start - 1) : start;
	size_t after = line_end(text, stop);
	unsigned context = (before < start ? 1u : 0) + (stop < after ? 1u : 0);
	unsigned first = line_of(text, before);
	char *diff = NULL;
	size_t size;
	FILE *out = open_memstream(&diff, &size);

	ENOUGH(out);
	(void)fprintf(out, "--- %s\n+++ %s\n@@ -%u,%u +%u,%u @@ %s\n", name,
		      name, first, count_lines(text, start, stop) + context,
		      first, count_lines(made, start, made_stop) + context,
		      mutation->function);
	put_lines(out, ' ', text, before, start);
	put_lines(out, '-', text, start, stop);
	put_lines(out, '+', made, start, made_stop);
	put_lines(out, ' ', text, stop, after);
	text_stream_close(out, &diff);
	return diff;
}

/* ---- a sample ---- */

/* What an order by it looks like a random one: splitmix64 (Steele, Lea and
 * Flood, "Fast Splittable Pseudorandom Number Generators", 2014). */
static uint64_t scatter(uint64_t number)
{
	number += 0x9e3779b97f4a7c15u;
	number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9u;
	number = (number ^ (number >> 27)) * 0x94d049bb133111ebu;
	return number ^ (number >> 31);
}

struct rank {
	size_t number; /* of the mutation */
	enum mutation_kind kind;
	size_t turn; /* how many of its kind come before it */
	uint64_t random;
};

static int by_random(const void *a, const void *b)
{
	const struct rank *x = a, *y = b;

	return (x->random > y->random) - (x->random < y->random);
}

static int by_turn(const void *a, const void *b)
{
	const struct rank *x = a, *y = b;

	if (x->turn != y->turn)
		return x->turn < y->turn ? -1 : 1;
	return (x->kind > y->kind) - (x->kind < y->kind);
}

size_t *mutation_sample(const enum mutation_kind *kinds, size_t count)
{
	size_t turns[MUTATION_KINDS] = { 0 };
	AUTO_FREE struct rank *ranks = calloc(count + 1, sizeof *ranks);
	size_t *order = calloc(count + 1, sizeof *order);

	ENOUGH(ranks && order);
	for (size_t i = 0; i < count; i++)
		ranks[i] = (struct rank){ .number = i,
					  .kind = kinds[i],
					  .random = scatter(i) };
	qsort(ranks, count, sizeof *ranks, by_random);
	for (size_t i = 0; i < count; i++)
		ranks[i].turn = turns[ranks[i].kind]++;
	qsort(ranks, count, sizeof *ranks, by_turn);
	for (size_t i = 0; i < count; i++)
		order[i] = ranks[i].number;
	return order;
}
