/*
 * fuzz_manifest.c - exercise.json, as an author wrote it
 *
 * What is accepted must be whole: no reference that leads nowhere, every
 * limit set, points that add up.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "exercise.h"
#include "exercise_manifest.h"

static void check_tests(const struct exercise *exercise)
{
	unsigned points = 0;

	CHECK(exercise->test_count >= 1);
	CHECK(exercise->test_count <= EXERCISE_TESTS_MAX);
	for (size_t i = 0; i < exercise->test_count; i++) {
		const struct exercise_test *test = &exercise->tests[i];

		CHECK(exercise_test(exercise, test->id) == test);
		CHECK(test->repeat >= 1 && test->repeat <= EXERCISE_REPEAT_MAX);
		CHECK(json_is_object(test->params));
		CHECK(test->limits.wall_us && test->limits.memory_bytes);
		fuzz_check_line(test->title);
		fuzz_check_line(test->property);
		fuzz_check_json(test->params);
		for (size_t j = 0; j < exercise->language_count; j++)
			CHECK(language_variant(&exercise->languages[j],
					       test->variant));
		for (char **id = test->depends_on; id && *id; id++)
			CHECK(exercise_test(exercise, *id) < test);
		points += test->points;
	}
	CHECK(points == 100);
}

/* "@main" is gone, unless it is what a file is called. */
static void check_variant(const struct exercise_variant *variant)
{
	CHECK(variant->program && variant->run && variant->run[0]);
	CHECK(!string_list_has(variant->run, "@main"));
	for (size_t i = 0; i < variant->command_count; i++)
		CHECK(!string_list_has(variant->commands[i].argv, "@main"));
}

static void check(const struct exercise *exercise)
{
	CHECK(exercise->title && exercise->summary && exercise->version);
	CHECK(exercise->language_count >= 1);
	CHECK(exercise->judge_command_count >= 1);
	CHECK(exercise->judge_run && exercise->judge_run[0]);
	for (size_t i = 0; i < exercise->language_count; i++) {
		const struct exercise_language *it = &exercise->languages[i];

		CHECK(language_variant(it, "release"));
		CHECK(it->required && it->required[0]);
		for (char **name = it->required; *name; name++)
			CHECK(fileset_path_ok(*name));
		for (size_t j = 0; j < it->variant_count &&
				   strcmp(it->required[0], "@main") != 0;
		     j++)
			check_variant(&it->variants[j]);
	}
	check_tests(exercise);
	for (size_t i = 0; i < exercise->cap_count; i++)
		for (char **id = exercise->caps[i].tests; *id; id++)
			CHECK(exercise_test(exercise, *id));
	for (size_t i = 0; i < exercise->mutant_count; i++)
		CHECK(exercise_test(exercise, exercise->mutants[i].fails));
	fuzz_check_json(exercise->rubric);
}

/* A languages.json. */
static const char profiles_text[] =
	"{\"dialogue\": {\"c\": {\"variants\": {\"release\": {\"dialogue\": "
	"true, \"build\": [[\"gcc\", \"@main\"]], \"run\": [\"sh\", "
	"\"@main\"]}}}}, \"broken\": {\"c\": {\"variants\": 7}, \"d\": 8}}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct exercise *exercise = calloc(1, sizeof *exercise);
	json_auto_t *profiles = json_loads(profiles_text, 0, NULL);
	struct error err = { 0 };
	int rc;

	CHECK(exercise && profiles);
	exercise->id = strdup("a/b");
	rc = exercise_manifest_read(exercise, profiles, (const char *)data,
				    size, &err);
	CHECK(rc == -err.code);
	fuzz_check_result(rc, &err);
	if (rc == 0)
		check(exercise);
	exercise_free(exercise);
	return 0;
}
