/*
 * What vm-lifecycle/state-machine says twice is the same: the example of its
 * statement, and the table of actions, which is given to candidates in each
 * language and built into the judge.
 */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <assay/cleanup.h>

#include "../../exercises/vm-lifecycle/state-machine/judge/example.h"

#define FOLDER "exercises/vm-lifecycle/state-machine"
#define FILE_MAX (256 * 1024)

/* A file of the exercise as a text, to be freed. */
static char *text_of(const char *name)
{
	const char *source = getenv("ASSAY_SOURCE");
	char path[4096];
	char *text = calloc(1, FILE_MAX);
	FILE *file;

	assert_non_null(text);
	(void)snprintf(path, sizeof path, "%s/%s/%s", source ? source : ".",
		       FOLDER, name);
	file = fopen(path, "re");
	if (!file)
		fail_msg("%s cannot be read", path);
	assert_true(fread(text, 1, FILE_MAX - 1, file) > 0);
	(void)fclose(file);
	return text;
}

static void test_state_machine__the_statement_shows_the_example(void **state)
{
	AUTO_FREE char *statement = text_of("README.md");
	const char *at = strstr(statement, "## An example");
	char line[1024];
	size_t i;

	(void)state;
	assert_non_null(at);
	for (i = 0; i < sizeof example / sizeof example[0]; i++) {
		(void)snprintf(line, sizeof line, "\n    %s\n", example[i]);
		at = strstr(at, line);
		if (!at)
			fail_msg("README.md has no line%s", line);
		at += strlen(line) - 1;
	}
	assert_memory_equal(at, "\n\n## ", 5); /* and no more than these */
}

static void test_state_machine__the_table_is_one(void **state)
{
	static const char *const copies[] = { "starter/c/actions.h",
					      "starter/cpp/actions.h" };
	AUTO_FREE char *table = text_of("judge/actions.h");
	size_t i;

	(void)state;
	for (i = 0; i < sizeof copies / sizeof copies[0]; i++) {
		AUTO_FREE char *copy = text_of(copies[i]);

		assert_string_equal(copy, table);
	}
}

/* What stands in quotes from the table's beginning to its end; lists that are
 * split over lines become one. To be freed. */
static char *words_of(const char *text, const char *begin, const char *end)
{
	const char *at = strstr(text, begin);
	const char *until = at ? strstr(at, end) : NULL;
	char *words = calloc(1, FILE_MAX);
	char *to = words;
	bool quoted = false, apart = true;

	assert_non_null(words);
	assert_non_null(until);
	for (at += strlen(begin); at < until; at++) {
		if (*at == '"') {
			quoted = !quoted;
			if (quoted && apart && to > words)
				*to++ = '\n';
			apart = false;
		} else if (quoted) {
			*to++ = *at;
		} else if (!isspace((unsigned char)*at)) {
			apart = true;
		}
	}
	return words;
}

static void test_state_machine__python_has_the_same_table(void **state)
{
	static const char *const copies[] = { "starter/python/machine.py",
					      "solution/python/machine.py" };
	AUTO_FREE char *table = text_of("judge/actions.h");
	AUTO_FREE char *words = words_of(table, "actions[] = {", "\n};");
	size_t i;

	(void)state;
	for (i = 0; i < sizeof copies / sizeof copies[0]; i++) {
		AUTO_FREE char *copy = text_of(copies[i]);
		AUTO_FREE char *same = words_of(copy, "ACTIONS = [", "\n]");

		assert_string_equal(same, words);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_state_machine__the_statement_shows_the_example),
		cmocka_unit_test(test_state_machine__the_table_is_one),
		cmocka_unit_test(test_state_machine__python_has_the_same_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
