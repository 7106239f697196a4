/*
 * Where in a text a folder's name is one: alias.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "alias.h"

static void assert_becomes(const char *text, const char *expected)
{
	struct aliases aliases = { 0 };
	char copy[256], *got;

	assert_int_equal(aliases_add(&aliases, "/work", "/p/work"), 0);
	assert_int_equal(aliases_add(&aliases, "/tmp", "/p/tmp"), 0);
	assert_int_equal(aliases_add(&aliases, "/work/sub", "/q"), 0);
	(void)snprintf(copy, sizeof copy, "%s", text);
	got = aliases_translate(&aliases, copy);
	assert_non_null(got);
	assert_string_equal(got, expected);
	aliases_release(&aliases);
}

static void test_alias__is_replaced_where_a_path_begins(void **state)
{
	(void)state;
	assert_becomes("/work", "/p/work");
	assert_becomes("/work/", "/p/work/");
	assert_becomes("/work/program", "/p/work/program");
	assert_becomes("-I/work/kit", "-I/p/work/kit");
	assert_becomes("-isystem/work/kit", "-isystem/p/work/kit");
	assert_becomes("TMPDIR=/tmp", "TMPDIR=/p/tmp");
	assert_becomes("A=/work:/tmp/x:/usr", "A=/p/work:/p/tmp/x:/usr");
	assert_becomes("-Wl,-rpath,/work/lib", "-Wl,-rpath,/p/work/lib");
	assert_becomes("'-I/work/kit' '/work/a.c' >/tmp/o",
		       "'-I/p/work/kit' '/p/work/a.c' >/p/tmp/o");
	assert_becomes("cd /work; ls \"/tmp\"", "cd /p/work; ls \"/p/tmp\"");
}

static void test_alias__is_left_where_it_is_part_of_another(void **state)
{
	(void)state;
	assert_becomes("", "");
	assert_becomes("work/x", "work/x");
	assert_becomes("/workshop", "/workshop");
	assert_becomes("/work.old/x", "/work.old/x");
	assert_becomes("my/work", "my/work");
	assert_becomes("/home/work", "/home/work");
	assert_becomes("/var/tmp/x", "/var/tmp/x");
	assert_becomes("./work", "./work");
	assert_becomes("../tmp", "../tmp");
	assert_becomes("-x1/work", "-x1/work");
	assert_becomes("/usr/lib//tmp", "/usr/lib//tmp");
}

static void test_alias__the_longest_one_counts(void **state)
{
	(void)state;
	assert_becomes("/work/sub/a", "/q/a");
	assert_becomes("/work/subway", "/p/work/subway");
}

static void test_alias__has_bounds(void **state)
{
	struct aliases aliases = { 0 };
	char name[300];
	int i;

	(void)state;
	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	assert_int_equal(aliases_add(&aliases, "/a", name), -E2BIG);
	assert_int_equal(aliases_add(&aliases, name, "/a"), -E2BIG);
	for (i = 0; i < ALIASES_MAX; i++)
		assert_int_equal(aliases_add(&aliases, "/a", "/b"), 0);
	assert_int_equal(aliases_add(&aliases, "/a", "/b"), -E2BIG);
	aliases_release(&aliases);
}

static void test_alias__runs_out_of_room_and_recovers(void **state)
{
	struct aliases aliases = { 0 };
	char text[] = "/a/b";
	char *got = text;
	int count = 0;

	(void)state;
	assert_int_equal(aliases_add(&aliases, "/a",
				     "/a-name-of-more-than-thirty-bytes"),
			 0);
	while ((got = aliases_translate(&aliases, text)))
		assert_true(++count < 1000000);
	assert_true(count > 1000);
	aliases_restart(&aliases);
	got = aliases_translate(&aliases, text);
	assert_string_equal(got, "/a-name-of-more-than-thirty-bytes/b");
	aliases_release(&aliases);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alias__is_replaced_where_a_path_begins),
		cmocka_unit_test(
			test_alias__is_left_where_it_is_part_of_another),
		cmocka_unit_test(test_alias__the_longest_one_counts),
		cmocka_unit_test(test_alias__has_bounds),
		cmocka_unit_test(test_alias__runs_out_of_room_and_recovers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
