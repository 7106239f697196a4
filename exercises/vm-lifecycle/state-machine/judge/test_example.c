/*
 * test_example.c - README.md, "An example", line by line
 *
 * Both are compared by tests/e2e/test_state_machine.c of the project.
 */
#include "tests.h"

#include "example.h"

void test_example(struct writer *writer)
{
	size_t i;

	for (i = 0; i < sizeof example / sizeof example[0]; i++)
		script_add(writer->script, json_loads(example[i], 0, NULL));
}
