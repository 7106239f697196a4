/*
 * "assay verify" holds an exercise against its promises: a small one that keeps
 * them all (tests/e2e/gate), and what is said when it is broken in one place.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "process.h"
#include "scratch.h"
#include "text.h"

#define EXERCISE "gate/larger"
#define IN_PACKAGE(name) "exercises/" EXERCISE "/" name

static int setup(void **state)
{
	AUTO_FREE char *from = source_path("tests/e2e/gate");
	AUTO_FREE char *to = NULL;

	*state = scratch_new();
	to = scratch_path(*state, "exercises/" EXERCISE);
	scratch_copy(from, to);
	return 0;
}

/* Replace @from, which is there, in the file @name of the package. */
static void edit(const char *scratch, const char *name, const char *from,
		 const char *to)
{
	AUTO_FREE char *text = scratch_read(scratch, name);
	const char *at = strstr(text, from);
	AUTO_FREE char *edited = NULL;

	assert_non_null(at);
	edited = text_format("%.*s%s%s", (int)(at - text), text, to,
			     at + strlen(from));
	free(scratch_write(scratch, name, edited));
}

#define VERIFY(process, scratch, ...)                                \
	do {                                                         \
		AUTO_FREE char *exercises_ = text_format(            \
			"ASSAY_EXERCISES=%s/exercises",              \
			(const char *)(scratch));                    \
		const struct process_options options_ = {            \
			.folder = (scratch),                         \
			.env = { exercises_ },                       \
		};                                                   \
		process_run((process), &options_, "assay", "verify", \
			    __VA_ARGS__);                            \
	} while (0)

static void assert_says(const struct process *process, const char *words)
{
	if (!strstr(process->out, words))
		fail_msg("not said: %s\n%s%s", words, process->out,
			 process->err);
}

/* The one thing wrong is told in a line with @words. */
static void assert_fails(const char *scratch, const char *words)
{
	struct process process;

	VERIFY(&process, scratch, EXERCISE);
	assert_status(&process, 1);
	assert_says(&process, words);
	assert_says(&process, ", 1 failed\n");
	process_release(&process);
}

static void test_verify__passes_what_keeps_its_promises(void **state)
{
	struct process process;

	VERIFY(&process, *state, "--repeat", "2");
	assert_status(&process, 0);
	assert_says(&process, "reference (c): all points: 2 of 2 times\n");
	assert_says(&process, "starter (c): no points: 2 of 2 times\n");
	assert_says(&process,
		    "mutant first (c): loses rising, which names the property");
	assert_says(&process, "points: 100, 80 of them public");
	assert_says(&process, "test rising: alone kills first\n");
	assert_says(&process, "note    no question for an interview: rising, ");
	assert_says(&process, "test hidden: kills nothing that no other test "
			      "kills; why it is there: Who knows");
	assert_says(&process, "  first                      x . x ");
	assert_says(&process, "\n8 passed, 0 failed\n");
	process_release(&process);
}

/* Of each mutant just the test that it must lose, and no word of the others. */
static void test_verify__quick_look_runs_only_what_must_be_lost(void **state)
{
	struct process process;

	VERIFY(&process, *state, "--quick", "--repeat", "2");
	assert_status(&process, 0);
	assert_says(&process, "reference (c): all points: 2 of 2 times\n");
	assert_says(&process, "mutant first (c): loses rising, which names the "
			      "property: 2 of 2 times\n");
	assert_says(&process, "  first                      x . . ");
	assert_null(strstr(process.out, "test rising:"));
	assert_says(&process, "\n5 passed, 0 failed\n");
	process_release(&process);
}

static void test_verify__fails_a_mutant_that_survives(void **state)
{
	edit(*state, IN_PACKAGE("exercise.json"), "\"fails\": \"rising\"",
	     "\"fails\": \"falling\"");
	assert_fails(*state, "FAILED  mutant first (c): loses falling, "
			     "which names the property: 0 of 1 times; "
			     "repetition 1: falling: "
			     "pass, which it must lose\n");
}

/* Unless it says why it is there. */
static void test_verify__fails_a_test_that_kills_nothing(void **state)
{
	static const char equal[] =
		"\"id\": \"equal\", \"title\": \"Equal ones\", "
		"\"category\": \"larger\", \"property\": \"It comes back.\", "
		"\"points\": 10, \"visibility\": \"public\", "
		"\"variant\": \"release\", "
		"\"params\": {\"ask\": \"7 7\", \"expect\": \"7\"}";
	AUTO_FREE char *tests = text_format("\"tests\": [{%s},", equal);
	AUTO_FREE char *why = text_format("%s, \"why\": \"So.\"", equal);
	struct process process;

	edit(*state, IN_PACKAGE("exercise.json"), "\"points\": 50",
	     "\"points\": 40");
	edit(*state, IN_PACKAGE("exercise.json"), "\"tests\": [", tests);
	assert_fails(*state, "FAILED  test equal: kills nothing, and does not "
			     "say why it is there\n");
	edit(*state, IN_PACKAGE("exercise.json"), equal, why);
	VERIFY(&process, *state, EXERCISE);
	assert_status(&process, 0);
	assert_says(&process, "ok      test equal: kills nothing; why it is "
			      "there: So.\n");
	process_release(&process);
}

static void test_verify__fails_a_starter_that_scores(void **state)
{
	edit(*state, IN_PACKAGE("starter/c/larger.c"), "int main(void)",
	     "#include <unistd.h>\n"
	     "int main(void) { char question[9]; "
	     "if (read(3, question, 9) > 2) write(3, question + 2, 1); "
	     "return 0; }\n"
	     "int other(void)");
	assert_fails(*state, "FAILED  starter (c): no points: 0 of 1 times; "
			     "repetition 1: scores 70 points, not 0\n");
}

static void test_verify__fails_a_reference_that_loses(void **state)
{
	struct process process;

	edit(*state, IN_PACKAGE("solution/c/larger.c"), "if (a < b)",
	     "if (a < b && a != 5)");
	/* the mutants are diffs of just these lines */
	edit(*state, IN_PACKAGE("mutants/first/larger.c.diff"), "-	if (a < b)",
	     "-	if (a < b && a != 5)");
	edit(*state, IN_PACKAGE("mutants/second/larger.c.diff"), "-	if (a < b)",
	     "-	if (a < b && a != 5)");
	VERIFY(&process, *state, EXERCISE);
	assert_status(&process, 1);
	assert_says(&process, "FAILED  reference (c): all points: 0 of 1 "
			      "times; repetition 1: scores 80 of 100 points: "
			      "hidden: fail, seed ");
	assert_says(&process, "FAILED  points: 100, 80 of them public; no "
			      "reference ever got those of hidden\n");
	process_release(&process);
}

static void test_verify__refuses_a_diff_that_does_not_fit(void **state)
{
	struct process process;

	edit(*state, IN_PACKAGE("solution/c/larger.c"), "if (a < b)",
	     "if (b > a)");
	VERIFY(&process, *state, EXERCISE);
	assert_status(&process, 2);
	assert_string_equal(process.out, "");
	assert_string_equal(process.err,
			    "assay verify: mutants/first: larger.c.diff: hunk "
			    "1: line 7 is not the one that the diff has\n");
	process_release(&process);
}

static void test_verify__judges_the_others_beside_a_broken_one(void **state)
{
	AUTO_FREE char *from = scratch_path(*state, "exercises/" EXERCISE);
	AUTO_FREE char *to = scratch_path(*state, "exercises/gate/broken");
	struct process process;

	/* its id is still that of the other folder */
	scratch_copy(from, to);
	VERIFY(&process, *state, "--repeat", "1");
	assert_status(&process, 2);
	assert_non_null(strstr(process.err, "expected \"gate/broken\""));
	assert_says(&process, "\n8 passed, 0 failed\n");
	process_release(&process);
}

static void test_verify__under_load_says_the_same(void **state)
{
	struct process process;
	AUTO_FREE char *path = scratch_path(*state, "verify.json");
	AUTO_FREE char *option = text_format("--json=%s", path);
	json_t *document;

	VERIFY(&process, *state, "--under-load", "--jobs", "1", option);
	assert_status(&process, 0);
	assert_says(&process, "\n8 passed, 0 failed\n");
	process_release(&process);
	document = scratch_json(*state, "verify.json");
	assert_true(json_is_true(json_object_get(document, "under_load")));
	assert_int_equal(json_value(document, "passed"), 8);
	json_decref(document);
}

static const json_t *first_of(const json_t *document, const char *part)
{
	return json_object_get(
		json_array_get(json_object_get(document, "exercises"), 0),
		part);
}

static void test_verify__json_has_the_table(void **state)
{
	struct process process;
	json_t *document, *test;

	VERIFY(&process, *state, "--json", EXERCISE);
	assert_status(&process, 0);
	document = scratch_parse(process.out);
	test = json_array_get(
		json_object_get(first_of(document, "gate"), "tests"), 0);
	assert_string_equal(json_text(test, "id"), "rising");
	assert_string_equal(json_string_value(json_array_get(
				    json_object_get(test, "kills_alone"), 0)),
			    "first");
	assert_int_equal(json_array_size(json_object_get(test, "kills")), 1);
	json_decref(document);
	process_release(&process);
}

/* The only two that mean anything to larger() itself and survive, or not. */
static void test_verify__generates_mutants_and_tells_survivors(void **state)
{
	struct process process;
	json_t *document;
	const json_t *generated;

	if (access("/usr/bin/clang", X_OK) < 0)
		skip();
	VERIFY(&process, *state, "--repeat", "0", "--generated", "--operators",
	       "negate,return-value,drop-check", "--json");
	assert_status(&process, 0);
	document = scratch_parse(process.out);
	generated = first_of(document, "generated");
	assert_int_equal(json_value(generated, "made"), 9);
	assert_int_equal(
		json_value(json_object_get(generated, "fates"), "killed"), 8);
	/* nobody asks what is no question */
	assert_string_equal(
		json_text(json_array_get(
				  json_object_get(generated, "survivors"), 0),
			  "diff"),
		"--- larger.c\n+++ larger.c\n@@ -18,3 +18,3 @@ main\n"
		" \t\tif (sscanf(question, \"%d %d\", &a, &b) != 2)\n"
		"-\t\t\treturn 1;\n+\t\t\treturn !(1);\n"
		" \t\tdprintf(3, \"%d\", larger(a, b));\n");
	json_decref(document);
	process_release(&process);
}

static void test_verify__lays_out_what_would_be_handed_in(void **state)
{
	struct process process;
	AUTO_FREE char *text = NULL;

	VERIFY(&process, *state, "--lay-out", "out");
	assert_status(&process, 0);
	assert_string_equal(process.out, "");
	process_release(&process);
	text = scratch_read(*state, "out/" EXERCISE "/second/larger.c");
	assert_non_null(strstr(text, "(void)a;"));
	free(scratch_read(*state, "out/" EXERCISE "/reference-c/larger.c"));
	free(scratch_read(*state, "out/" EXERCISE "/starter-c/.assay.json"));
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_verify__passes_what_keeps_its_promises),
		TEST(test_verify__quick_look_runs_only_what_must_be_lost),
		TEST(test_verify__fails_a_mutant_that_survives),
		TEST(test_verify__fails_a_test_that_kills_nothing),
		TEST(test_verify__fails_a_starter_that_scores),
		TEST(test_verify__fails_a_reference_that_loses),
		TEST(test_verify__refuses_a_diff_that_does_not_fit),
		TEST(test_verify__judges_the_others_beside_a_broken_one),
		TEST(test_verify__under_load_says_the_same),
		TEST(test_verify__json_has_the_table),
		TEST(test_verify__generates_mutants_and_tells_survivors),
		TEST(test_verify__lays_out_what_would_be_handed_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
