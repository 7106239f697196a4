/*
 * test_guide.c - the author's guide, done
 *
 * tests/guide/store is what the guide in exercises/README.md makes. It has to
 * pass what every exercise has to, and what the guide shows of it has to be
 * what is there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "process.h"
#include "scratch.h"
#include "text.h"

/* A folder of exercises with the kit, and this one. */
static char *lay_out(const char *scratch)
{
	static const char *const parts[] = { "exercises/kit", "include" };
	AUTO_FREE char *languages = source_path("exercises/languages.json");
	AUTO_FREE char *to_languages = scratch_path(scratch, "exercises");
	AUTO_FREE char *store = source_path("tests/guide/store");
	AUTO_FREE char *to_store = scratch_path(scratch,
						"exercises/guide/store");
	struct process process;
	size_t i;

	for (i = 0; i < sizeof parts / sizeof *parts; i++) {
		AUTO_FREE char *from = source_path(parts[i]);
		AUTO_FREE char *to = scratch_path(scratch, parts[i]);

		scratch_copy(from, to);
	}
	scratch_copy(store, to_store);
	process_run(&process, NULL, "cp", languages, to_languages);
	assert_status(&process, 0);
	process_release(&process);
	return text_format("ASSAY_EXERCISES=%s/exercises", scratch);
}

static void test_guide__makes_an_exercise_that_passes_verify(void **state)
{
	AUTO_FREE char *exercises = lay_out(*state);
	const struct process_options options = { .folder = *state,
						 .env = { exercises } };
	struct process process;

	process_run(&process, &options, "assay", "verify", "guide/store");
	assert_status(&process, 0);
	process_release(&process);
}

/* Every line of the example that the judge plays is in the statement. */
static void test_guide__has_a_statement_that_is_played(void **state)
{
	AUTO_FREE char *store = source_path("tests/guide/store");
	AUTO_FREE char *statement = scratch_read(store, "README.md");
	json_auto_t *manifest = scratch_json(store, "exercise.json");
	const json_t *example = report_test(manifest, "example");
	AUTO_FREE char *block = text_format(
		"```\n%s\n```\n",
		json_text(json_object_get(example, "params"), "example"));

	(void)state;
	assert_non_null(strstr(statement, block));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_guide__makes_an_exercise_that_passes_verify,
			scratch_setup, scratch_teardown),
		cmocka_unit_test(test_guide__has_a_statement_that_is_played),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
