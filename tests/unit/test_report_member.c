/*
 * What is not as a report should be reads as nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include <assay/cleanup.h>

#include "report_member.h"

static void test_report_member__says_what_is_there(void **state)
{
	json_auto_t *test = json_pack("{ss, sf, si}", "status", "pass",
				      "points", 2.5, "maximum", 3);

	(void)state;
	assert_string_equal(report_string(test, "status"), "pass");
	assert_true(report_is(test, "status", "pass"));
	assert_false(report_is(test, "status", "fail"));
	assert_string_equal(report_string_or(test, "status", "?"), "pass");
	assert_true(report_number(test, "points") == 2.5);
	assert_true(report_number(test, "maximum") == 3);
}

static void test_report_member__of_another_kind_is_nothing(void **state)
{
	json_auto_t *test = json_pack("{si, ss, sn, s[s]}", "status", 1,
				      "points", "2.5", "message", "late",
				      "pass");

	(void)state;
	assert_string_equal(report_string(test, "status"), "");
	assert_string_equal(report_string(test, "message"), "");
	assert_string_equal(report_string(test, "late"), "");
	assert_true(report_is(test, "late", ""));
	assert_string_equal(report_string_or(test, "status", "?"), "?");
	assert_null(report_string_or(test, "message", NULL));
	assert_true(report_number(test, "points") == 0);
}

static void test_report_member__of_nothing_is_nothing(void **state)
{
	json_auto_t *list = json_pack("[s]", "status"), *none = json_object();
	const json_t *holders[] = { list, none, NULL };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof holders / sizeof *holders; i++) {
		assert_string_equal(report_string(holders[i], "status"), "");
		assert_true(report_number(holders[i], "points") == 0);
		assert_false(report_is(holders[i], "status", "pass"));
	}
}

static void test_report_call__is_a_call_as_c_writes_it(void **state)
{
	json_auto_t *call = json_pack("{ss, s[sis]}", "name", "socket", "args",
				      "0x2", 1, "0x0");
	json_auto_t *bare = json_pack("{ss}", "name", "fork");
	AUTO_FREE char *text = report_call(call);
	AUTO_FREE char *none = report_call(bare);

	(void)state;
	assert_string_equal(text, "socket(0x2, ?, 0x0)");
	assert_string_equal(none, "fork()");
	assert_null(report_call(json_null()));
	assert_null(report_call(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_report_member__says_what_is_there),
		cmocka_unit_test(
			test_report_member__of_another_kind_is_nothing),
		cmocka_unit_test(test_report_member__of_nothing_is_nothing),
		cmocka_unit_test(test_report_call__is_a_call_as_c_writes_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
