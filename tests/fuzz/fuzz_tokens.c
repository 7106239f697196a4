/*
 * fuzz_tokens.c - a candidate's source, as it is compared with others; the
 * first byte says in which language. The second half is compared with the first.
 */
#include "fuzz.h"

#include "similar.h"
#include "similar_match.h"
#include "tokens.h"

static void check(const struct tokens *tokens, size_t size)
{
	uint32_t line = 1;
	size_t i;

	CHECK(tokens->count > 0 && tokens->count <= 2 * size + 2);
	CHECK(tokens->items[tokens->count - 1].kind == TOKEN_BREAK);
	for (i = 0; i < tokens->count; i++) {
		CHECK(tokens->items[i].line >= line);
		line = tokens->items[i].line;
	}
	CHECK(line <= size + 1);
}

static void check_matches(struct tokens tokens[2])
{
	struct similar *similar = similar_new();
	struct similar_ranking ranking;
	struct similar_matches matches;
	size_t i, side;

	(void)similar_add(similar, &tokens[0]);
	(void)similar_add(similar, &tokens[1]);
	similar_rank(similar, 1, &ranking);
	CHECK(ranking.count <= 1);
	CHECK(!ranking.count ||
	      (ranking.pairs[0].share > 0 && ranking.pairs[0].share <= 1));
	similar_match(similar, &tokens[0], &tokens[1], &matches);
	for (i = 0; i < matches.count; i++)
		for (side = 0; side < 2; side++)
			CHECK(matches.items[i].lines[side].first <=
			      matches.items[i].lines[side].last);
	free(matches.items);
	free(ranking.pairs);
	similar_free(similar);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum tokens_language language = size > 0 && data[0] % 2 ? TOKENS_C
								: TOKENS_PYTHON;
	struct tokens tokens[2] = { { .items = NULL }, { .items = NULL } };
	size_t half = size / 2, side;

	for (side = 0; side < 2; side++) {
		const char *text = (const char *)data + side * half;
		size_t length = side ? size - half : half;
		/* So that a byte too many is noticed. */
		AUTO_FREE char *exact = malloc(length + 1);

		ENOUGH(exact);
		memcpy(exact, text, length);
		tokens_add(&tokens[side], language, 0, exact, length);
		check(&tokens[side], length);
	}
	check_matches(tokens);
	tokens_release(&tokens[0]);
	tokens_release(&tokens[1]);
	return 0;
}
