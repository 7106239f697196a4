/*
 * Statements: what README.md of an exercise shows as an example is what its
 * test "example" plays, line by line.
 */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include <assay/cleanup.h>

#define INDENT "    "

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;

	if (!file)
		fail_msg("cannot open %s", path);
	if (getdelim(&text, &size, '\0', file) < 0)
		fail_msg("%s is empty", path);
	(void)fclose(file);
	return text;
}

/* The lines of the test "example" as README.md has them; NULL without it. */
static char *example_of(const json_t *manifest)
{
	const json_t *test;
	const json_t *line;
	char *text = NULL;
	size_t size;
	size_t i;
	size_t j;
	FILE *stream;

	json_array_foreach(json_object_get(manifest, "tests"), i, test) {
		const char *id = json_string_value(json_object_get(test, "id"));
		const json_t *lines = json_object_get(
			json_object_get(test, "params"), "lines");

		if (!id || strcmp(id, "example") != 0 || !lines)
			continue;
		stream = open_memstream(&text, &size);
		assert_non_null(stream);
		json_array_foreach(lines, j, line)
			(void)fprintf(stream, INDENT "%s\n",
				      json_string_value(line));
		assert_int_equal(fclose(stream), 0);
		break;
	}
	return text;
}

static unsigned check(const char *manifest_path)
{
	AUTO_FREE char *path = NULL;
	json_t *manifest = json_load_file(manifest_path, 0, NULL);
	AUTO_FREE char *example = NULL;
	AUTO_FREE char *statement = NULL;

	if (!manifest)
		fail_msg("%s is no JSON", manifest_path);
	example = example_of(manifest);
	json_decref(manifest);
	if (!example)
		return 0;
	assert_true(asprintf(&path, "%.*s/README.md",
			     (int)(strrchr(manifest_path, '/') - manifest_path),
			     manifest_path) > 0);
	statement = read_file(path);
	if (!strstr(statement, example))
		fail_msg("%s does not show the example that is played:\n%s",
			 path, example);
	return 1;
}

static void test_statement__shows_the_example_that_is_played(void **state)
{
	const char *source = getenv("ASSAY_SOURCE");
	AUTO_FREE char *pattern = NULL;
	glob_t found;
	unsigned checked = 0;
	size_t i;

	(void)state;
	assert_true(asprintf(&pattern, "%s/exercises/*/*/exercise.json",
			     source ? source : ".") > 0);
	assert_int_equal(glob(pattern, 0, NULL, &found), 0);
	for (i = 0; i < found.gl_pathc; i++)
		checked += check(found.gl_pathv[i]);
	globfree(&found);
	assert_true(checked > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_statement__shows_the_example_that_is_played),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
