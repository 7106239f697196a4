/*
 * scenarios.c - see scenarios.h
 */
#include "scenarios.h"

#include <string.h>

#include <assay/cleanup.h>

static const json_t *names_of(const struct exercise_test *test)
{
	return json_object_get(test->params, "scenarios");
}

bool scenarios_in_test(const struct exercise_test *test, const char *name)
{
	json_t *entry;
	size_t i;

	if (test->visibility != VISIBILITY_PUBLIC ||
	    !exercise_is_explored(test->variant))
		return false;
	if (!name)
		return true;
	json_array_foreach (names_of(test), i, entry)
		if (json_is_string(entry) &&
		    strcmp(json_string_value(entry), name) == 0)
			return true;
	return false;
}

const struct exercise_test *scenarios_test(const struct exercise *exercise,
					   const char *name)
{
	size_t i;

	for (i = 0; i < exercise->test_count; i++)
		if (scenarios_in_test(&exercise->tests[i], name))
			return &exercise->tests[i];
	return NULL;
}

json_t *scenarios_list(const struct exercise *exercise)
{
	json_t *list = json_object(), *entry;
	size_t i, j;

	ENOUGH(list);
	for (i = 0; i < exercise->test_count; i++) {
		const struct exercise_test *test = &exercise->tests[i];

		if (!scenarios_in_test(test, NULL))
			continue;
		json_array_foreach (names_of(test), j, entry) {
			const char *name = json_string_value(entry);

			if (!name || json_object_get(list, name))
				continue;
			ENOUGH(json_object_set_new(list, name,
						   json_string(test->title)) ==
			       0);
		}
	}
	return list;
}
