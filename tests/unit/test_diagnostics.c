#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "diagnostics.h"

/* As gcc 12.2 prints them, shortened by hand. */
#define PLACE(file, line, column)                                             \
	"\"locations\": [{\"caret\": {\"byte-column\": " #column              \
	", \"line\": " #line ", \"file\": \"" file "\", \"column\": " #column \
	"}}]"
#define ERROR                                                                 \
	"{\"kind\": \"error\", \"column-origin\": 1, \"children\": "          \
	"[{\"kind\": \"note\", " PLACE(                                       \
		"bq.c", 5,                                                    \
		83) ", \"message\": "                                         \
		    "\"only once\"}], " PLACE(                                \
			    "/work/submission/bq.c", 5,                       \
			    84) ", \"message\": \"\xe2\x80\x98x\xe2\x80\x99 " \
				"undeclared\"}"
#define WARNING                                                             \
	"{\"kind\": \"warning\", " PLACE(                                   \
		"./bq.c", 7, 1) ", \"option\": "                            \
				"\"-Wunused-variable\", \"children\": [], " \
				"\"message\": \"unused\"}"

static json_t *parse(const char *text, size_t size, char **rest)
{
	json_t *into = json_array();

	*rest = diagnostics_parse(text, size, into);
	return into;
}

static void assert_entry(json_t *entries, size_t index, const char *file,
			 int line, const char *kind, const char *message)
{
	json_t *entry = json_array_get(entries, index);

	assert_non_null(entry);
	assert_string_equal(json_string_value(json_object_get(entry, "file")),
			    file);
	assert_int_equal(json_integer_value(json_object_get(entry, "line")),
			 line);
	assert_string_equal(json_string_value(json_object_get(entry, "kind")),
			    kind);
	assert_string_equal(
		json_string_value(json_object_get(entry, "message")), message);
}

static void
test_diagnostics__gcc_json_becomes_entries_with_notes_behind(void **state)
{
	static const char text[] = "[" ERROR ", " WARNING "]\n[]\n";
	AUTO_FREE char *rest = NULL;
	json_auto_t *entries = parse(text, strlen(text), &rest);

	(void)state;
	assert_null(rest);
	assert_int_equal(json_array_size(entries), 3);
	assert_entry(entries, 0, "bq.c", 5, "error",
		     "\u2018x\u2019 undeclared");
	assert_entry(entries, 1, "bq.c", 5, "note", "only once");
	assert_entry(entries, 2, "bq.c", 7, "warning", "unused");
	assert_string_equal(json_string_value(json_object_get(
				    json_array_get(entries, 2), "option")),
			    "-Wunused-variable");
}

static void test_diagnostics__text_around_json_comes_back(void **state)
{
	static const char text[] = "[" WARNING
				   "]\ncompilation terminated.\n[not json\n";
	AUTO_FREE char *rest = NULL;
	json_auto_t *entries = parse(text, strlen(text), &rest);

	(void)state;
	assert_int_equal(json_array_size(entries), 1);
	assert_string_equal(rest, "compilation terminated.\n[not json\n");
}

static void test_diagnostics__linker_errors_have_file_and_line(void **state)
{
	static const char text[] =
		"/usr/bin/ld: /tmp/ccX.o: in function `main':\n"
		"/usr/bin/ld: /work/submission/bq.c:2: undefined reference to "
		"`nope'\n"
		"bq.c:(.text+0x5): undefined reference to `nada'\n"
		"/usr/bin/ld: /work/submission/b.c:9: multiple definition of "
		"`main'; /tmp/a.o:a.c:1: first defined here\n"
		"collect2: error: ld returned 1 exit status\n";
	AUTO_FREE char *rest = NULL;
	json_auto_t *entries = parse(text, strlen(text), &rest);

	(void)state;
	assert_int_equal(json_array_size(entries), 3);
	assert_entry(entries, 0, "bq.c", 2, "error",
		     "undefined reference to `nope'");
	assert_entry(entries, 1, "bq.c", 0, "error",
		     "undefined reference to `nada'");
	assert_true(json_is_null(
		json_object_get(json_array_get(entries, 1), "line")));
	assert_entry(entries, 2, "b.c", 9, "error",
		     "multiple definition of `main'; /tmp/a.o:a.c:1: first "
		     "defined here");
	assert_non_null(strstr(rest, "collect2"));
}

static void
test_diagnostics__what_is_there_twice_is_told_of_the_candidates(void **state)
{
	static const char text[] =
		"/usr/bin/ld: /work/explore/explore.o: in function `exit':\n"
		"/usr/bin/ld: /src/trap.c:59: multiple definition of `exit'; "
		"/work/bq.o:/work/submission/bq.c:10: first defined here\n";
	AUTO_FREE char *rest = NULL;
	json_auto_t *entries = parse(text, strlen(text), &rest);

	(void)state;
	assert_int_equal(json_array_size(entries), 1);
	assert_entry(entries, 0, "bq.c", 10, "error",
		     "multiple definition of `exit', which the exercise or its "
		     "tools have, too");
}

/* As Python 3.11 prints them. */
static void test_diagnostics__python_says_where_it_cannot_compile(void **state)
{
	static const char text[] =
		"store.py:7: SyntaxWarning: \"is\" with a literal. Did you mean "
		"\"==\"?\n"
		"  if x is 1:\n"
		"Traceback (most recent call last):\n"
		"  File \"<string>\", line 1, in <module>\n"
		"  File \"store.py\", line 2\n"
		"    def f(:\n"
		"          ^\n"
		"SyntaxError: invalid syntax\n"
		"  File \"/work/submission/other.py\", line 12\n"
		"    pass\n"
		"IndentationError: unexpected indent\n"
		"and more\n";
	AUTO_FREE char *rest = NULL;
	json_auto_t *entries = parse(text, strlen(text), &rest);

	(void)state;
	assert_int_equal(json_array_size(entries), 3);
	assert_entry(entries, 0, "store.py", 7, "warning",
		     "SyntaxWarning: \"is\" with a literal. Did you mean "
		     "\"==\"?");
	assert_entry(entries, 1, "store.py", 2, "error",
		     "SyntaxError: invalid syntax");
	assert_entry(entries, 2, "other.py", 12, "error",
		     "IndentationError: unexpected indent");
	assert_string_equal(rest, "  if x is 1:\nand more\n");
}

static void
test_diagnostics__a_traceback_of_something_else_comes_back(void **state)
{
	static const char text[] =
		"Traceback (most recent call last):\n"
		"  File \"<string>\", line 1, in <module>\n"
		"ValueError: source code string cannot contain null bytes\n"
		"SyntaxError: of nothing\n";
	AUTO_FREE char *rest = NULL;
	json_auto_t *entries = parse(text, strlen(text), &rest);

	(void)state;
	assert_int_equal(json_array_size(entries), 0);
	assert_string_equal(rest, text);
}

static void
test_diagnostics__json_that_was_cut_off_is_kept_as_far_as_it_goes(void **state)
{
	static const char text[] = "[" WARNING ", " ERROR;
	size_t size;

	(void)state;
	for (size = 0; size < strlen(text); size++) {
		AUTO_FREE char *rest = NULL;
		json_auto_t *entries = parse(text, size, &rest);

		assert_int_equal(json_array_size(entries),
				 size > strlen(WARNING) ? 1 : 0);
	}
}

static void test_diagnostics__invalid_bytes_do_not_lose_an_entry(void **state)
{
	static const char text[] =
		"[{\"kind\": \"error\", \"message\": \"a\xff\x00\x1b[2J\"}]\n"
		"\xfe\x00 text";
	AUTO_FREE char *rest = NULL;
	json_auto_t *entries = parse(text, sizeof text - 1, &rest);

	(void)state;
	assert_int_equal(json_array_size(entries), 1);
	assert_string_equal(json_string_value(json_object_get(
				    json_array_get(entries, 0), "message")),
			    "a\ufffd\ufffd\ufffd[2J");
	assert_string_equal(rest, "\ufffd\ufffd text");
}

static void
test_diagnostics__a_flood_of_warnings_does_not_hide_the_error(void **state)
{
	AUTO_FREE char *text = NULL, *rest = NULL;
	json_auto_t *entries = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	json_t *last;
	int i;

	(void)state;
	(void)fputs("[", out);
	for (i = 0; i < 5000; i++)
		(void)fputs(WARNING ", ", out);
	(void)fputs(ERROR "]\n", out);
	assert_int_equal(fclose(out), 0);
	entries = parse(text, size, &rest);
	assert_int_equal(json_array_size(entries), DIAGNOSTICS_MAX + 1);
	assert_entry(entries, DIAGNOSTICS_MAX - 1, "bq.c", 5, "error",
		     "\u2018x\u2019 undeclared");
	last = json_array_get(entries, DIAGNOSTICS_MAX);
	assert_int_equal(json_integer_value(json_object_get(last, "omitted")),
			 5002 - DIAGNOSTICS_MAX);
}

static void test_diagnostics__wrong_types_and_deep_json_do_no_harm(void **state)
{
	static const char *const odd[] = {
		"[{\"kind\": 1, \"message\": []}]\n",
		"[{\"kind\": \"error\", \"message\": \"m\", \"locations\": 7, "
		"\"children\": {\"a\": 1}, \"option\": []}]\n",
		"[{\"kind\": \"error\", \"message\": \"m\", \"locations\": "
		"[{\"caret\": {\"file\": 3, \"line\": \"x\"}}]}]\n",
	};
	AUTO_FREE char *deep = malloc(1 << 20);
	AUTO_FREE char *rest = NULL;
	json_auto_t *entries = NULL;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof odd / sizeof *odd; i++) {
		AUTO_FREE char *left = NULL;
		json_auto_t *some = parse(odd[i], strlen(odd[i]), &left);

		assert_int_equal(json_array_size(some), i > 0 ? 1 : 0);
	}
	assert_non_null(deep);
	memset(deep, '[', 1 << 20);
	memcpy(deep, "[{\"a\":", 6);
	entries = parse(deep, 1 << 20, &rest);
	assert_int_equal(json_array_size(entries), 0);
	assert_non_null(rest);
}

static void test_text_clean__replaces_what_is_not_text(void **state)
{
	static const char bytes[] = "a\tb\n\x00\x07\x7f\xc2\x85\xed\xa0\x80"
				    "\xf4\x90\x80\x80\xc0\xaf\xe2\x82";
	AUTO_FREE char *clean = text_clean(bytes, sizeof bytes - 1, 1000);
	json_auto_t *valid = json_string(clean);

	(void)state;
	assert_non_null(valid);
	assert_memory_equal(clean, "a\tb\n\ufffd\ufffd\ufffd\ufffd", 16);
	assert_null(strpbrk(clean, "\x07\x7f\x85\xa0"));
}

static void test_text_clean__cuts_at_a_character(void **state)
{
	static const char euros[] = "\u20ac\u20ac\u20ac\u20ac";
	size_t max;

	(void)state;
	for (max = 0; max <= strlen(euros) + 1; max++) {
		AUTO_FREE char *clean = text_clean(euros, strlen(euros), max);
		json_auto_t *valid = json_string(clean);

		assert_non_null(valid);
		assert_true(strlen(clean) <= max);
	}
	{
		AUTO_FREE char *clean = text_clean(euros, strlen(euros), 9);

		assert_string_equal(clean, "\u20ac\u20ac...");
	}
}

static void
test_text_line__lets_nothing_through_that_acts_on_a_terminal(void **state)
{
	AUTO_FREE char *line = text_line("a\nb\x1b[31m\xc2\x9b\u202e\u2066"
					 "\u200b\ufeff\xf3\xa0\x81\x81z");

	(void)state;
	assert_string_equal(line, "a b\ufffd[31m\ufffd\ufffd\ufffd\ufffd\ufffd"
				  "\ufffdz");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_diagnostics__gcc_json_becomes_entries_with_notes_behind),
		cmocka_unit_test(test_diagnostics__text_around_json_comes_back),
		cmocka_unit_test(
			test_diagnostics__linker_errors_have_file_and_line),
		cmocka_unit_test(
			test_diagnostics__python_says_where_it_cannot_compile),
		cmocka_unit_test(
			test_diagnostics__a_traceback_of_something_else_comes_back),
		cmocka_unit_test(
			test_diagnostics__what_is_there_twice_is_told_of_the_candidates),
		cmocka_unit_test(
			test_diagnostics__json_that_was_cut_off_is_kept_as_far_as_it_goes),
		cmocka_unit_test(
			test_diagnostics__invalid_bytes_do_not_lose_an_entry),
		cmocka_unit_test(
			test_diagnostics__a_flood_of_warnings_does_not_hide_the_error),
		cmocka_unit_test(
			test_diagnostics__wrong_types_and_deep_json_do_no_harm),
		cmocka_unit_test(test_text_clean__replaces_what_is_not_text),
		cmocka_unit_test(test_text_clean__cuts_at_a_character),
		cmocka_unit_test(
			test_text_line__lets_nothing_through_that_acts_on_a_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
