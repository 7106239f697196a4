#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "texts.h"

static void test_texts__stay_what_they_were(void **state)
{
	static uint32_t at[5000];
	struct texts texts = { .bytes = NULL };
	char text[16];
	int i;

	(void)state;
	for (i = 0; i < 5000; i++) {
		(void)snprintf(text, sizeof text, "text-%d", i);
		at[i] = texts_add(&texts, text, strlen(text));
		assert_int_not_equal(at[i], TEXTS_NONE);
	}
	for (i = 0; i < 5000; i++) {
		(void)snprintf(text, sizeof text, "text-%d", i);
		assert_string_equal(texts_at(&texts, at[i]), text);
	}
	texts_release(&texts);
	assert_int_equal(texts.used, 0);
}

static void test_texts__an_empty_one_is_not_none(void **state)
{
	struct texts texts = { .bytes = NULL };
	uint32_t empty = texts_add(&texts, "", 0);
	uint32_t part = texts_add(&texts, "part of it", 4);

	(void)state;
	assert_string_equal(texts_at(&texts, empty), "");
	assert_string_equal(texts_at(&texts, part), "part");
	assert_null(texts_at(&texts, TEXTS_NONE));
	texts_release(&texts);
}

static void test_texts__takes_one_larger_than_all_before(void **state)
{
	static char large[100000];
	struct texts texts = { .bytes = NULL };
	uint32_t at;

	(void)state;
	memset(large, 'x', sizeof large - 1);
	(void)texts_add(&texts, "small", 5);
	at = texts_add(&texts, large, sizeof large - 1);
	assert_string_equal(texts_at(&texts, at), large);
	texts_release(&texts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts__stay_what_they_were),
		cmocka_unit_test(test_texts__an_empty_one_is_not_none),
		cmocka_unit_test(test_texts__takes_one_larger_than_all_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
