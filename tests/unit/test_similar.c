/*
 * Code that is alike: tokens, fingerprints, pairs, and where they match.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "similar.h"
#include "similar_match.h"
#include "text.h"
#include "tokens.h"
#include "winnow.h"

/* ---- tokens ---- */

static struct tokens tokens_of(enum tokens_language language, const char *text)
{
	struct tokens tokens = { .items = NULL };

	tokens_add(&tokens, language, 0, text, strlen(text));
	return tokens;
}

static void assert_same(enum tokens_language language, const char *left,
			const char *right)
{
	struct tokens a = tokens_of(language, left);
	struct tokens b = tokens_of(language, right);
	size_t i;

	assert_int_equal(a.count, b.count);
	for (i = 0; i < a.count; i++)
		assert_int_equal(a.items[i].kind, b.items[i].kind);
	tokens_release(&a);
	tokens_release(&b);
}

static void assert_other(enum tokens_language language, const char *left,
			 const char *right)
{
	struct tokens a = tokens_of(language, left);
	struct tokens b = tokens_of(language, right);
	size_t i;

	for (i = 0; i < a.count && i < b.count; i++)
		if (a.items[i].kind != b.items[i].kind)
			break;
	assert_true(i < a.count || i < b.count);
	tokens_release(&a);
	tokens_release(&b);
}

static void test_tokens__do_not_see_names_comments_and_layout(void **state)
{
	(void)state;
	assert_same(TOKENS_C, "int sum(int a){return a+1;} // add",
		    "/* other\n words */ long\n total ( long  first )\n"
		    "{\n\treturn first + 0x7f'ffULL;\n}\n");
	assert_same(TOKENS_PYTHON, "def f(a):\n  return a + 1 # one\n",
		    "# x\ndef  other( b ) :\n\n\treturn b + 1.5e-3\n");
}

static void test_tokens__see_what_a_program_does(void **state)
{
	(void)state;
	assert_other(TOKENS_C, "a = b + c;", "a = b - c;");
	assert_other(TOKENS_C, "a->b;", "a.b;");
	assert_other(TOKENS_C, "while (a) b();", "if (a) b();");
	assert_other(TOKENS_C, "f(\"a\");", "f(1);");
	assert_other(TOKENS_PYTHON, "a and b", "a or b");
	assert_other(TOKENS_PYTHON, "a\nb", "a, b");
}

static void test_tokens__leave_out_what_can_be_put_in_by_the_way(void **state)
{
	(void)state;
	assert_same(TOKENS_C, "unsigned long f(char *s);",
		    "#include <x.h>\nstatic inline int f(const char *restrict "
		    "s);");
	assert_same(TOKENS_C, "f(\"a\" \"b\" L\"c\");", "f(\"\");");
	assert_same(
		TOKENS_PYTHON, "def f():\n  g()\n",
		"'''A module.'''\ndef f():\n  \"\"\"What\n  it does.\"\"\"\n"
		"  g();\n");
	assert_same(TOKENS_PYTHON, "f(a, b)\n", "f(\n  a,\n\n  b # two\n)\n");
}

static void test_tokens__know_literals(void **state)
{
	(void)state;
	assert_same(TOKENS_C, "f(\"\", 1, a);",
		    "f(u8R\"x(\" // )\" )x\", '\\'', a /* \" */);");
	assert_same(TOKENS_C, "x = y;", "x = \\\n y\\\r\n;");
	assert_same(TOKENS_PYTHON, "x = ''\n",
		    "x = rb'''it's \\''' # \"no'''\n");
	assert_same(TOKENS_PYTHON, "x = ''\n", "x = f\"{a!r:>{b}} '\"\n");
}

static void test_tokens__know_their_lines(void **state)
{
	struct tokens tokens = tokens_of(TOKENS_C,
					 "a\\\n b\n/* \n\n */ \"x\\\ny\" c");

	(void)state;
	assert_int_equal(tokens.count, 5);
	assert_int_equal(tokens.items[0].line, 1);
	assert_int_equal(tokens.items[1].line, 2);
	assert_int_equal(tokens.items[2].line, 5);
	assert_int_equal(tokens.items[3].line, 6);
	assert_int_equal(tokens.items[4].kind, TOKEN_BREAK);
	tokens_release(&tokens);
}

static void test_tokens__know_files_by_their_names(void **state)
{
	(void)state;
	assert_int_equal(tokens_language("src/a.c"), TOKENS_C);
	assert_int_equal(tokens_language("a.HPP"), TOKENS_C);
	assert_int_equal(tokens_language("broker.py"), TOKENS_PYTHON);
	assert_int_equal(tokens_language("a.c.txt"), TOKENS_NONE);
	assert_int_equal(tokens_language("c"), TOKENS_NONE);
	assert_int_equal(tokens_language(""), TOKENS_NONE);
}

/* The same numbers each time (Marsaglia's xorshift64). */
static uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static void test_tokens__survive_any_bytes(void **state)
{
	static const char *const hostile[] = {
		"",
		"\\",
		"\"",
		"'",
		"R\"",
		"R\"(",
		"R\"abcdefghijklmnopqrst(",
		"\"\"\"",
		"'''\\",
		"/*",
		"/",
		"#",
		"#include",
		"1'",
		"0x.",
		"\\\n\\\n",
		"\xff\xfe",
		"//\\",
		"u8R\"x(\")",
		".5e+",
		"\\\r\n",
		"#\\\ninclude\n",
	};
	static const char alphabet[] = "\"'\\\n\r#/*R(){}[];:=+-x1. \t\xff";
	uint64_t seed = 88172645463325252u;
	char bytes[200];
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof hostile / sizeof *hostile; i++) {
		struct tokens c = tokens_of(TOKENS_C, hostile[i]);
		struct tokens python = tokens_of(TOKENS_PYTHON, hostile[i]);

		tokens_release(&c);
		tokens_release(&python);
	}
	for (i = 0; i < 20000; i++) {
		enum tokens_language language = i % 2 ? TOKENS_C
						      : TOKENS_PYTHON;
		size_t size = next_random(&seed) % sizeof bytes;
		char *exact = malloc(size + 1);
		struct tokens tokens = { .items = NULL };

		assert_non_null(exact);
		for (j = 0; j < size; j++)
			exact[j] = i % 4 < 2 ? (char)next_random(&seed)
					     : alphabet[next_random(&seed) %
							(sizeof alphabet)];
		tokens_add(&tokens, language, 0, exact, size);
		/* Python's line ends are tokens, too. */
		assert_true(tokens.count <= 2 * size + 2);
		assert_int_equal(tokens.items[tokens.count - 1].kind,
				 TOKEN_BREAK);
		tokens_release(&tokens);
		free(exact);
	}
}

static void test_tokens__are_at_most_so_many(void **state)
{
	size_t size = 2 * (size_t)TOKENS_MAX;
	char *text = malloc(size);
	struct tokens tokens = { .items = NULL };

	(void)state;
	assert_non_null(text);
	memset(text, '{', size);
	tokens_add(&tokens, TOKENS_C, 0, text, size);
	assert_true(tokens.cut);
	tokens_add(&tokens, TOKENS_C, 1, text, size);
	assert_int_equal(tokens.count, TOKENS_MAX);
	tokens_release(&tokens);
	free(text);
}

/* ---- fingerprints ---- */

static void put(struct tokens *tokens, unsigned kind)
{
	static const size_t room = 4096;

	if (!tokens->items) {
		tokens->items = calloc(room, sizeof *tokens->items);
		assert_non_null(tokens->items);
	}
	assert_true(tokens->count < room);
	tokens->items[tokens->count].kind = (uint16_t)kind;
	tokens->items[tokens->count].line = (uint32_t)tokens->count + 1;
	tokens->count++;
}

static void put_random(struct tokens *tokens, size_t count, uint64_t *seed)
{
	while (count-- > 0)
		put(tokens, 1 + (unsigned)(next_random(seed) % 40));
}

static bool share_one(const struct tokens *a, const struct tokens *b)
{
	struct fingerprints left, right;
	bool found = false;
	size_t i, j;

	winnow(a, &left);
	winnow(b, &right);
	for (i = 0; i < left.count; i++)
		for (j = 0; j < right.count; j++)
			found = found ||
				left.items[i].hash == right.items[j].hash;
	fingerprints_release(&left);
	fingerprints_release(&right);
	return found;
}

/* Any run of WINNOW_SURE tokens, wherever it stands in both. */
static void test_winnow__finds_each_run_that_is_long_enough(void **state)
{
	uint64_t seed = 4711;
	size_t turn, i;

	(void)state;
	for (turn = 0; turn < 2000; turn++) {
		struct tokens a = { .items = NULL }, b = { .items = NULL };
		size_t from;

		put_random(&a, next_random(&seed) % 100, &seed);
		from = a.count;
		put_random(&a, WINNOW_SURE, &seed);
		put_random(&a, next_random(&seed) % 100, &seed);
		put_random(&b, next_random(&seed) % 100, &seed);
		for (i = 0; i < WINNOW_SURE; i++)
			put(&b, a.items[from + i].kind);
		put_random(&b, next_random(&seed) % 100, &seed);
		assert_true(share_one(&a, &b));
		tokens_release(&a);
		tokens_release(&b);
	}
}

static void test_winnow__finds_nothing_that_is_too_short(void **state)
{
	uint64_t seed = 42;
	size_t turn, i;

	(void)state;
	for (turn = 0; turn < 500; turn++) {
		struct tokens a = { .items = NULL }, b = { .items = NULL };

		put_random(&a, 60, &seed);
		for (i = 0; i < WINNOW_RUN - 1; i++)
			put(&b, a.items[20 + i].kind);
		put(&b, 100);
		put_random(&b, 60, &seed);
		assert_false(share_one(&a, &b));
		tokens_release(&a);
		tokens_release(&b);
	}
}

static void test_winnow__has_nothing_of_what_has_few_kinds(void **state)
{
	struct tokens table = { .items = NULL };
	struct fingerprints fingerprints;
	size_t i;

	(void)state;
	for (i = 0; i < 400; i++) {
		put(&table, TOKEN_NUMBER);
		put(&table, ',');
	}
	winnow(&table, &fingerprints);
	assert_int_equal(fingerprints.count, 0);
	fingerprints_release(&fingerprints);
	tokens_release(&table);
}

static void test_winnow__does_not_reach_from_file_to_file(void **state)
{
	struct tokens tokens = { .items = NULL };
	struct fingerprints fingerprints;
	uint64_t seed = 3;

	(void)state;
	put_random(&tokens, WINNOW_RUN - 1, &seed);
	put(&tokens, TOKEN_BREAK);
	put_random(&tokens, WINNOW_RUN - 1, &seed);
	winnow_all(&tokens, &fingerprints);
	assert_int_equal(fingerprints.count, 0);
	fingerprints_release(&fingerprints);
	winnow(&tokens, &fingerprints);
	assert_int_equal(fingerprints.count, 0);
	fingerprints_release(&fingerprints);
	tokens_release(&tokens);
}

/* ---- pairs ---- */

#define LONG 400 /* tokens of a submission */

static void add_random(struct similar *similar, uint64_t seed)
{
	struct tokens tokens = { .items = NULL };

	put_random(&tokens, LONG, &seed);
	(void)similar_add(similar, &tokens);
	tokens_release(&tokens);
}

/* With what @of has in it, between @before and @behind tokens of its own. */
static void add_copy(struct similar *similar, uint64_t of, size_t before,
		     size_t behind, uint64_t seed)
{
	struct tokens tokens = { .items = NULL };

	put_random(&tokens, before, &seed);
	put_random(&tokens, LONG, &of);
	put_random(&tokens, behind, &seed);
	(void)similar_add(similar, &tokens);
	tokens_release(&tokens);
}

static void test_similar__finds_the_pair_whatever_was_added(void **state)
{
	struct similar *similar = similar_new();
	struct similar_ranking ranking;
	uint64_t i;

	(void)state;
	for (i = 1; i <= 20; i++)
		add_random(similar, i * 7919);
	add_copy(similar, 5 * 7919, 700, 500, 1234567);
	similar_rank(similar, 10, &ranking);
	assert_true(ranking.count >= 1);
	assert_int_equal(ranking.pairs[0].first, 4);
	assert_int_equal(ranking.pairs[0].second, 20);
	assert_true(ranking.pairs[0].share > 0.9);
	assert_true(ranking.count == 1 || ranking.pairs[1].share < 0.1);
	assert_true(ranking.usual < 0.1);
	free(ranking.pairs);
	similar_free(similar);
}

static void test_similar__leaves_out_what_is_the_exercises(void **state)
{
	struct similar *similar = similar_new();
	struct tokens starter = { .items = NULL };
	struct similar_ranking ranking;
	uint64_t of = 99;

	(void)state;
	put_random(&starter, LONG, &of);
	similar_exclude(similar, &starter);
	add_copy(similar, 99, 200, 200, 1);
	add_copy(similar, 99, 200, 200, 2);
	similar_rank(similar, 10, &ranking);
	assert_true(similar_is_compared(similar, 0));
	assert_int_equal(ranking.count, 0);
	free(ranking.pairs);
	similar_free(similar);
	tokens_release(&starter);
}

static void test_similar__leaves_out_what_many_have(void **state)
{
	struct similar *similar = similar_new();
	struct similar_ranking ranking;
	uint64_t i;

	(void)state;
	for (i = 1; i <= SIMILAR_COMMON_MIN + 1; i++)
		add_copy(similar, 99, 200, 200, i);
	similar_rank(similar, 10, &ranking);
	/* But at the ends, where windows reach into one's own. */
	assert_true(ranking.count == 0 || ranking.pairs[0].share < 0.1);
	assert_true(similar_common(similar) > 20);
	free(ranking.pairs);
	similar_free(similar);
}

static void test_similar__does_not_take_a_few_for_many(void **state)
{
	struct similar *similar = similar_new();
	struct similar_ranking ranking;
	uint64_t i;

	(void)state;
	for (i = 1; i <= SIMILAR_COMMON_MIN; i++)
		add_copy(similar, 99, 20, 20, i);
	similar_rank(similar, 100, &ranking);
	assert_int_equal(ranking.count,
			 SIMILAR_COMMON_MIN * (SIMILAR_COMMON_MIN - 1) / 2);
	free(ranking.pairs);
	similar_free(similar);
}

static void test_similar__keeps_the_best_in_order(void **state)
{
	struct similar *similar = similar_new();
	struct similar_ranking few, all;
	size_t i;

	(void)state;
	for (i = 0; i < 12; i++)
		add_copy(similar, 77 * (1 + i % 4), 10 * i, 10 * i, 1000 + i);
	similar_rank(similar, 5, &few);
	assert_int_equal(few.count, 5);
	for (i = 1; i < few.count; i++)
		assert_true(few.pairs[i - 1].share >= few.pairs[i].share);
	similar_free(similar);
	similar = similar_new();
	for (i = 0; i < 12; i++)
		add_copy(similar, 77 * (1 + i % 4), 10 * i, 10 * i, 1000 + i);
	similar_rank(similar, 1000, &all);
	for (i = 0; i < few.count; i++) {
		assert_int_equal(few.pairs[i].first, all.pairs[i].first);
		assert_int_equal(few.pairs[i].second, all.pairs[i].second);
	}
	free(few.pairs);
	free(all.pairs);
	similar_free(similar);
}

static void test_similar__says_nothing_of_too_little(void **state)
{
	struct similar *similar = similar_new();
	struct tokens tokens = { .items = NULL };
	struct similar_ranking ranking;
	uint64_t seed = 6;

	(void)state;
	put_random(&tokens, 3 * WINNOW_SURE, &seed);
	(void)similar_add(similar, &tokens);
	(void)similar_add(similar, &tokens);
	tokens.count = 0;
	(void)similar_add(similar, &tokens);
	similar_rank(similar, 10, &ranking);
	assert_int_equal(ranking.count, 0);
	assert_false(similar_is_compared(similar, 0));
	assert_int_equal(similar_own(similar, 2), 0);
	free(ranking.pairs);
	similar_free(similar);
	tokens_release(&tokens);
}

/* ---- where ---- */

static void test_similar_match__names_the_lines(void **state)
{
	struct similar *similar = similar_new();
	struct tokens a = { .items = NULL }, b = { .items = NULL };
	struct similar_ranking ranking;
	struct similar_matches matches;
	uint64_t seed = 9, of;

	(void)state;
	/* Two pieces, the other way round in the second; one has a token put
	 * in. Lines are numbers of tokens here. */
	put_random(&a, 100, &seed);
	put_random(&a, 50, &(uint64_t){ 111 });
	put_random(&a, 30, &seed);
	put_random(&a, 80, &(uint64_t){ 222 });
	of = 222;
	put_random(&b, 40, &of);
	put(&b, 200);
	put_random(&b, 40, &of);
	put_random(&b, 70, &seed);
	put_random(&b, 50, &(uint64_t){ 111 });
	put_random(&b, 10, &seed);
	(void)similar_add(similar, &a);
	(void)similar_add(similar, &b);
	similar_rank(similar, 1, &ranking);
	similar_match(similar, &a, &b, &matches);
	assert_int_equal(matches.count, 2);
	assert_true(matches.items[0].tokens >= 80);
	assert_in_range(matches.items[0].lines[0].first, 178, 181);
	assert_int_equal(matches.items[0].lines[0].last, 260);
	assert_int_equal(matches.items[0].lines[1].first, 1);
	assert_in_range(matches.items[0].lines[1].last, 81, 83);
	assert_in_range(matches.items[1].lines[0].first, 98, 101);
	assert_in_range(matches.items[1].lines[1].first, 149, 152);
	free(matches.items);
	free(ranking.pairs);
	similar_free(similar);
	tokens_release(&a);
	tokens_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_tokens__do_not_see_names_comments_and_layout),
		cmocka_unit_test(test_tokens__see_what_a_program_does),
		cmocka_unit_test(
			test_tokens__leave_out_what_can_be_put_in_by_the_way),
		cmocka_unit_test(test_tokens__know_literals),
		cmocka_unit_test(test_tokens__know_their_lines),
		cmocka_unit_test(test_tokens__know_files_by_their_names),
		cmocka_unit_test(test_tokens__survive_any_bytes),
		cmocka_unit_test(test_tokens__are_at_most_so_many),
		cmocka_unit_test(
			test_winnow__finds_each_run_that_is_long_enough),
		cmocka_unit_test(test_winnow__finds_nothing_that_is_too_short),
		cmocka_unit_test(
			test_winnow__has_nothing_of_what_has_few_kinds),
		cmocka_unit_test(test_winnow__does_not_reach_from_file_to_file),
		cmocka_unit_test(
			test_similar__finds_the_pair_whatever_was_added),
		cmocka_unit_test(
			test_similar__leaves_out_what_is_the_exercises),
		cmocka_unit_test(test_similar__leaves_out_what_many_have),
		cmocka_unit_test(test_similar__does_not_take_a_few_for_many),
		cmocka_unit_test(test_similar__keeps_the_best_in_order),
		cmocka_unit_test(test_similar__says_nothing_of_too_little),
		cmocka_unit_test(test_similar_match__names_the_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
