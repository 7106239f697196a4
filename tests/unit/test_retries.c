/* Reasons for which runs were thrown away. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "retries.h"

static void test_retries__keep_the_first_reasons(void **state)
{
	struct retries retries = { 0 };
	json_t *reasons;
	unsigned i;

	(void)state;
	retries_note(&retries, "the box\nwas killed");
	for (i = 0; i < 2 * RETRIES_REASONS_MAX; i++)
		retries_note(&retries, "again");
	reasons = retries_reasons(&retries);
	assert_int_equal(retries.count, 2 * RETRIES_REASONS_MAX + 1);
	assert_int_equal(json_array_size(reasons), RETRIES_REASONS_MAX);
	assert_string_equal(json_string_value(json_array_get(reasons, 0)),
			    "the box was killed");
	json_decref(reasons);
	retries_release(&retries);
	assert_int_equal(retries.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_retries__keep_the_first_reasons),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
