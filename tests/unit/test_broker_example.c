/* The example in the statement of message-queue/broker is the one that its
 * first test plays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <assay/cleanup.h>

#include "../../exercises/message-queue/broker/judge/example.h"
#include "package.h"

static char *statement(void)
{
	const char *source = getenv("ASSAY_SOURCE");
	AUTO_FREE char *folder = NULL;

	assert_true(asprintf(&folder, "%s/exercises/message-queue/broker",
			     source ? source : ".") > 0);
	return folder_read(folder, "README.md");
}

static void test_broker_example__stands_in_the_statement(void **state)
{
	AUTO_FREE char *text = statement();
	char *at = text;
	size_t i;

	(void)state;
	assert_non_null(text);
	at = strstr(text, "\n## An example\n");
	assert_non_null(at);
	at = strstr(at, "\n    ");
	assert_non_null(at);
	for (i = 0; i < sizeof example / sizeof example[0]; i++) {
		AUTO_FREE char *line = NULL;

		assert_true(asprintf(&line, "\n    %s\n", example[i]) > 0);
		assert_memory_equal(at, line, strlen(line));
		at += strlen(line) - 1;
	}
	assert_memory_equal(at, "\n\n", 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_broker_example__stands_in_the_statement),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
