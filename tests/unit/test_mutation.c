/* Mutations as edits: applied, told as a diff, sampled. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <assay/cleanup.h>

#include "mutation.h"
#include "patch.h"

#define TEXT "one\ntwo\nthree\nfour"

static void add(struct mutation_list *list, size_t offset, size_t length,
		const char *replacement)
{
	mutation_add(list, MUTATION_NEGATE, TEXT, offset, length, replacement,
		     "f");
}

static void test_mutation__is_an_edit_by_offset(void **state)
{
	struct mutation_list list = { 0 };
	AUTO_FREE char *made = NULL;

	(void)state;
	add(&list, 4, 3, "zwei");
	assert_int_equal(list.count, 1);
	assert_int_equal(list.list[0].line, 2);
	assert_string_equal(list.list[0].function, "f");
	made = mutation_apply(&list.list[0], TEXT);
	assert_string_equal(made, "one\nzwei\nthree\nfour");
	mutation_list_release(&list);
}

static void test_mutation__is_there_once(void **state)
{
	struct mutation_list list = { 0 };

	(void)state;
	add(&list, 4, 3, "zwei");
	add(&list, 4, 3, "zwei");
	add(&list, 4, 3, "two");
	assert_int_equal(list.count, 1);
	add(&list, 4, 3, "deux");
	add(&list, 4, 2, "zwei");
	assert_int_equal(list.count, 3);
	mutation_list_release(&list);
}

/* Whatever is told as a diff can be kept as a mutant of an exercise. */
static void test_mutation__diff_is_what_patch_takes(void **state)
{
	static const struct {
		size_t offset, length;
		const char *replacement;
	} edits[] = {
		{ 0, 3, "eins" },     { 4, 3, "zwei" },
		{ 4, 3, "a\nb" },     { 0, 7, "all" },
		{ 5, 9, "x" },        { 14, 4, "vier" },
		{ 14, 4, "a\nb\nc" }, { 4, 0, "new " },
		{ 3, 0, "!" },        { sizeof TEXT - 1, 0, "teen" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
		struct mutation_list list = { 0 };
		AUTO_FREE char *expected = NULL;
		AUTO_FREE char *diff = NULL;
		AUTO_FREE char *made = NULL;
		struct error err;
		size_t size;

		add(&list, edits[i].offset, edits[i].length,
		    edits[i].replacement);
		expected = mutation_apply(&list.list[0], TEXT);
		diff = mutation_diff(&list.list[0], TEXT, "a.c");
		if (patch_apply(TEXT, strlen(TEXT), diff, strlen(diff), &made,
				&size, &err) < 0)
			fail_msg("%s\n%s", err.text, diff);
		assert_string_equal(made, expected);
		mutation_list_release(&list);
	}
}

static void test_mutation__diff_has_a_line_around_it(void **state)
{
	struct mutation_list list = { 0 };
	AUTO_FREE char *diff = NULL;

	(void)state;
	add(&list, 8, 5, "drei");
	diff = mutation_diff(&list.list[0], TEXT, "a.c");
	assert_string_equal(diff, "--- a.c\n+++ a.c\n@@ -2,3 +2,3 @@ f\n"
				  " two\n-three\n+drei\n four\n"
				  "\\ No newline at end of file\n");
	mutation_list_release(&list);
}

static void test_mutation__operators_go_by_names(void **state)
{
	struct error err;
	unsigned bits = 77;

	(void)state;
	assert_int_equal(
		mutation_kinds_parse("negate,drop-unlock", &bits, &err), 0);
	assert_int_equal(bits,
			 1u << MUTATION_NEGATE | 1u << MUTATION_DROP_UNLOCK);
	assert_int_equal(mutation_kinds_parse("negate,", &bits, &err), -EINVAL);
	assert_int_equal(mutation_kinds_parse("", &bits, &err), -EINVAL);
	assert_int_equal(mutation_kinds_parse("negat", &bits, &err), -EINVAL);
	assert_string_equal(err.text, "'negat' is no operator");
	for (unsigned kind = 0; kind < MUTATION_KINDS; kind++) {
		assert_int_equal(mutation_kinds_parse(mutation_kind_name(kind),
						      &bits, &err),
				 0);
		assert_int_equal(bits, 1u << kind);
	}
}

static void test_mutation__sample_takes_kinds_in_turn(void **state)
{
	static const enum mutation_kind kinds[] = {
		MUTATION_NEGATE, MUTATION_NEGATE,      MUTATION_NEGATE,
		MUTATION_NEGATE, MUTATION_DROP_UNLOCK, MUTATION_NEGATE,
		MUTATION_NEGATE, MUTATION_OFF_BY_ONE,  MUTATION_OFF_BY_ONE,
	};
	enum { COUNT = sizeof kinds / sizeof *kinds };
	AUTO_FREE size_t *order = mutation_sample(kinds, COUNT);
	AUTO_FREE size_t *again = mutation_sample(kinds, COUNT);
	bool seen[COUNT] = { false };

	(void)state;
	for (size_t i = 0; i < COUNT; i++)
		seen[order[i]] = true;
	for (size_t i = 0; i < COUNT; i++)
		assert_true(seen[i]);
	assert_memory_equal(order, again, sizeof *order * COUNT);
	assert_int_equal(kinds[order[0]], MUTATION_DROP_UNLOCK);
	assert_int_equal(kinds[order[1]], MUTATION_OFF_BY_ONE);
	assert_int_equal(kinds[order[2]], MUTATION_NEGATE);
	assert_int_equal(kinds[order[3]], MUTATION_OFF_BY_ONE);
	assert_int_equal(kinds[order[4]], MUTATION_NEGATE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mutation__is_an_edit_by_offset),
		cmocka_unit_test(test_mutation__is_there_once),
		cmocka_unit_test(test_mutation__diff_is_what_patch_takes),
		cmocka_unit_test(test_mutation__diff_has_a_line_around_it),
		cmocka_unit_test(test_mutation__operators_go_by_names),
		cmocka_unit_test(test_mutation__sample_takes_kinds_in_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
