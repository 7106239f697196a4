/* test_example.c - README.md, "An example", line by line */
#include "tests.h"

#include <string.h>

#include "example.h"

void test_example(struct writer *writer)
{
	const struct script *script = writer->script;
	size_t answer = 0, i;
	json_t *line;

	for (i = 0; i < sizeof example / sizeof example[0]; i++) {
		line = json_loads(example[i] + strlen("> "), 0, NULL);
		if (*example[i] == '>') {
			script_add(writer->script, line);
			answer = 0;
			continue;
		}
		if (!json_equal(
			    line,
			    json_array_get(script->exchanges[script->count - 1]
						   .answers,
					   answer++)))
			judge_broken("README.md says: %s", example[i]);
		json_decref(line);
	}
}
