/* Exercise packages: what a good one loads as, and how a broken one is told. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <assay/cleanup.h>

#include "exercise.h"
#include "package.h"

static int setup(void **state)
{
	*state = folder_new();
	package_make(*state);
	return 0;
}

static int teardown(void **state)
{
	folder_remove(*state);
	return 0;
}

static struct exercise *load(const char *root)
{
	struct exercise *exercise = NULL;
	struct error err;

	if (exercise_load(root, PACKAGE_ID, &exercise, &err) < 0)
		fail_msg("%s", err.text);
	return exercise;
}

static void assert_broken(const char *root, const char *expected)
{
	struct exercise *exercise = NULL;
	struct error err;

	assert_int_equal(exercise_load(root, PACKAGE_ID, &exercise, &err),
			 -EINVAL);
	if (!strstr(err.text, expected))
		fail_msg("expected \"%s\" in \"%s\"", expected, err.text);
	assert_null(strchr(err.text, '\n'));
	assert_null(exercise);
}

static void test_exercise__loads_what_the_manifest_says(void **state)
{
	struct exercise *exercise = load(*state);
	const struct exercise_language *c = exercise_language(exercise, "c");
	const struct exercise_variant *tsan = language_variant(c, "tsan");

	assert_string_equal(exercise->id, PACKAGE_ID);
	assert_string_equal(exercise->version, "1.2.3");
	assert_int_equal(exercise->time_box_minutes, 30);
	assert_int_equal(exercise->limits.cpu_us, 2000000);
	assert_int_equal(exercise->limits.memory_bytes, 64u << 20);
	assert_int_equal(exercise->build_limits.output_bytes, 256u << 10);
	assert_string_equal(c->required[0], "add.c");
	assert_string_equal(c->optional[0], "src/extra.c");
	assert_string_equal(c->owned[0], "add.h");
	assert_int_equal(tsan->command_count, 2);
	assert_string_equal(tsan->commands[1].argv[0], "true");
	assert_int_equal(tsan->prepare_count, 1);
	assert_string_equal(tsan->prepare[0].argv[1], "driver.c");
	assert_int_equal(tsan->prepared.count, 0);
	assert_int_equal(language_variant(c, "release")->prepare_count, 0);
	assert_string_equal(tsan->env[0], "TSAN_OPTIONS=exitcode=66");
	assert_string_equal(exercise->judge_run[0], "/work/judge");
	assert_int_equal(json_array_size(exercise->rubric), 1);
	exercise_free(exercise);
}

static void test_exercise__fills_in_what_a_test_leaves_out(void **state)
{
	struct exercise *exercise = load(*state);
	const struct exercise_test *sums = exercise_test(exercise, "sums");
	const struct exercise_test *races = exercise_test(exercise, "races");

	assert_int_equal(sums->repeat, 1);
	assert_false(sums->baseline);
	assert_int_equal(sums->history_bytes, 0);
	assert_int_equal(json_object_size(sums->params), 0);
	assert_int_equal(sums->limits.cpu_us, 2000000);
	assert_int_equal(sums->visibility, VISIBILITY_PUBLIC);
	assert_int_equal(races->repeat, 3);
	assert_true(races->baseline);
	assert_true(races->measured);
	assert_int_equal(races->history_bytes, 4096);
	assert_int_equal(races->limits.cpu_us, 9000000);
	assert_int_equal(races->limits.wall_us, 4000000);
	assert_int_equal(races->visibility, VISIBILITY_HIDDEN);
	assert_string_equal(races->depends_on[0], "sums");
	assert_null(sums->why);
	assert_null(races->why);
	exercise_free(exercise);
}

static void test_exercise__knows_why_a_test_is_there(void **state)
{
	AUTO_FREE char *manifest = package_edit(
		"\"points\": 60,", "\"points\": 60, \"why\": \"Sums count.\",");
	struct exercise *exercise;

	folder_write(*state, "demo/adder/exercise.json", manifest);
	exercise = load(*state);
	assert_string_equal(exercise->tests[0].why, "Sums count.");
	exercise_free(exercise);
}

/* A hidden test is about a public one's property, and asks people the same. */
static void test_exercise__asks_about_a_property_once(void **state)
{
	AUTO_FREE char *one = package_edit("\"points\": 60,",
					   "\"points\": 60, \"questions\": "
					   "[\"Why?\"],");
	AUTO_FREE char *both = package_edit(
		"1 and 1 is 2.\",", "There are none.\", \"questions\": "
				    "[\"Why?\", \"Since when?\"],");
	struct exercise *exercise;
	char *const *asked;

	folder_write(*state, "demo/adder/exercise.json", one);
	exercise = load(*state);
	asked = exercise_questions(exercise, &exercise->tests[0]);
	assert_int_equal(string_list_count(asked), 1);
	assert_null(exercise_questions(exercise, &exercise->tests[1]));
	exercise_free(exercise);
	folder_write(*state, "demo/adder/exercise.json", both);
	exercise = load(*state);
	asked = exercise_questions(exercise, &exercise->tests[1]);
	assert_int_equal(string_list_count(asked), 2);
	assert_string_equal(asked[1], "Since when?");
	exercise_free(exercise);
}

static void test_exercise__reads_its_files(void **state)
{
	struct exercise *exercise = load(*state);
	const struct exercise_cap *cap = &exercise->caps[0];

	assert_non_null(
		fileset_find(&exercise->judge, "exercise/judge/judge.c"));
	assert_int_equal(exercise->driver.count, 1);
	assert_non_null(
		fileset_find(&exercise->driver, "exercise/judge/driver.c"));
	assert_non_null(fileset_find(&exercise->kit, "kit/kit.h"));
	assert_null(fileset_find(&exercise->kit, "kit/README.md"));
	assert_int_equal(exercise->languages[0].starter.count, 2);
	assert_int_equal(exercise->languages[0].solution.count, 2);
	assert_true(cap->when[VERDICT_CRASH]);
	assert_false(cap->when[VERDICT_DEADLOCK]);
	assert_int_equal(cap->points, 50);
	exercise_free(exercise);
}

static void test_exercise__brings_the_contract_headers_along(void **state)
{
	AUTO_FREE char *root = folder_path(*state, "exercises");
	struct exercise *exercise;

	package_make(root);
	folder_write(*state, "include/assay/judge.h", "/* contract */\n");
	exercise = load(root);
	assert_non_null(fileset_find(&exercise->kit, "include/assay/judge.h"));
	exercise_free(exercise);
}

static void test_exercise__lays_a_mutant_over_the_solution(void **state)
{
	struct exercise *exercise = load(*state);
	const struct exercise_mutant *mutant = &exercise->mutants[0];
	AUTO_FREE char *text = file_read(fileset_find(&mutant->files, "add.c"));

	assert_non_null(strstr(text, "a + b + 1"));
	assert_non_null(fileset_find(&mutant->files, "src/extra.c"));
	assert_string_equal(mutant->fails, "sums");
	assert_ptr_equal(mutant->language, &exercise->languages[0]);
	exercise_free(exercise);
}

static void digest_with(const char *root, const char *name, const char *text,
			char hex[65])
{
	AUTO_FREE char *was = folder_read(root, name);
	struct exercise *exercise;

	folder_write(root, name, text);
	exercise = load(root);
	memcpy(hex, exercise->digest, 65);
	exercise_free(exercise);
	if (was)
		folder_write(root, name, was);
}

static void test_exercise__digest_covers_what_can_change_a_verdict(void **state)
{
	static const char *const names[] = { "kit/kit.c",
					     "demo/adder/judge/judge.c",
					     "demo/adder/starter/c/add.h",
					     "demo/adder/solution/c/add.c" };
	char before[65], after[65];
	AUTO_FREE char *manifest = package_edit("Adds.", "Adds!");

	digest_with(*state, "demo/adder/README.md", "# Other words\n", before);
	digest_with(*state, "demo/adder/starter/c/add.c", "/* empty */\n",
		    after);
	assert_string_equal(before, after);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		digest_with(*state, names[i], "/* changed */\n", after);
		assert_string_not_equal(before, after);
	}
	digest_with(*state, "demo/adder/exercise.json", manifest, after);
	assert_string_not_equal(before, after);
}

/* The package's manifest, its variant "tsan" being "explore" instead. */
static char *explored_manifest(bool baseline)
{
	AUTO_FREE char *from = package_edit(
		"\"baseline\": true",
		baseline ? "\"baseline\": true" : "\"baseline\": false");
	const char *rest = from, *word;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	while ((word = strstr(rest, "\"tsan\""))) {
		(void)fprintf(out, "%.*s\"explore\"", (int)(word - rest), rest);
		rest = word + 6;
	}
	(void)fputs(rest, out);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void test_exercise__digest_covers_what_it_is_explored_with(void **state)
{
	AUTO_FREE char *manifest = explored_manifest(false);
	AUTO_FREE char *object = folder_path(*state, "explore.o");
	char without[65], before[65], after[65];
	struct exercise *exercise;

	/* without such a variant it does not matter */
	assert_int_equal(setenv("ASSAY_EXPLORE", object, 1), 0);
	folder_write(*state, "explore.o", "one");
	digest_with(*state, "explore.o", "one", before);
	digest_with(*state, "explore.o", "two", after);
	assert_string_equal(before, after);

	folder_write(*state, "demo/adder/exercise.json", manifest);
	digest_with(*state, "explore.o", "one", before);
	digest_with(*state, "explore.o", "two", after);
	assert_string_not_equal(before, after);
	exercise = load(*state);
	assert_non_null(fileset_find(&exercise->explore, "explore/explore.o"));
	exercise_free(exercise);

	/* it can be listed and started where that is not installed */
	assert_int_equal(setenv("ASSAY_EXPLORE", "/nowhere/explore.o", 1), 0);
	exercise = load(*state);
	assert_int_equal(exercise->explore.count, 0);
	memcpy(without, exercise->digest, 65);
	assert_string_not_equal(without, before);
	exercise_free(exercise);
	assert_int_equal(unsetenv("ASSAY_EXPLORE"), 0);
}

/* One edit of exercise.json each, and what must be said of it. */
static const struct {
	const char *from, *to, *expected;
} broken_manifests[] = {
	{ "\"format\": 1,", "\"format\": 1", "exercise.json: line 3, column " },
	{ "\"format\": 1", "\"format\": 2",
	  "exercise.json: format: expected 1" },
	{ "\"format\": 1,", "\"format\": 1, \"format\": 1,",
	  "duplicate object key" },
	{ "\"format\": 1,", "\"format\": 1, \"fromat\": 1,",
	  "exercise.json: unknown key \"fromat\"" },
	{ "  \"format\": 1,\n", "",
	  "exercise.json: key \"format\" is missing" },
	{ "demo/adder", "demo/added",
	  "id: expected \"demo/adder\", as the folder is" },
	{ "1.2.3", "1.2", "version: expected three numbers" },
	{ "1.2.3", "1.02.3", "version: expected three numbers" },
	{ "\"Adder\"", "\"\"", "title: expected a string, not empty" },
	{ "\"Adder\"", "7", "title: expected a string, not empty" },
	{ "\"Adder\"", "\"a\\nb\"", "title: expected one line" },
	{ "[\"sums\"]", "\"sums\"", "topics: expected a list" },
	{ "[\"sums\"]", "[3]", "topics[0]: expected a string" },
	{ ": 30,", ": 0,",
	  "time_box_minutes: expected an integer from 1 to 1440" },
	{ "\"cpu_ms\": 2000,", "", "limits: key \"cpu_ms\" is missing" },
	{ "\"cpu_ms\": 2000", "\"cpu_ms\": 0",
	  "limits.cpu_ms: expected an integer from 1 to" },
	{ "\"cpu_ms\": 2000", "\"cpu_ms\": 2.5",
	  "limits.cpu_ms: expected an integer" },
	{ "\"cpu_ms\": 20000", "\"cpu_s\": 20, \"cpu_ms\": 20000",
	  "build_limits: unknown key \"cpu_s\"" },
	{ "{\"c\": {", "{\"C\": {", "languages: \"C\": expected a name" },
	{ "[\"add.c\"],\n", "[],\n",
	  "languages.c.submit.required: expected at least 1" },
	{ "src/extra.c", "../extra.c",
	  "languages.c.submit.optional: \"../extra.c\": expected a relative" },
	{ "src/extra.c", ".extra.c", "\".extra.c\": expected a relative" },
	{ "src/extra.c", "add.c",
	  "languages.c.submit.optional: \"add.c\" is named twice" },
	{ "[\"add.h\"]", "[\"add.c\"]",
	  "languages.c.owned: \"add.c\" is named twice" },
	{ "[\"add.h\"]", "[\"add.h\", \"add.h\"]",
	  "languages.c.owned: \"add.h\" is named twice" },
	{ "[\"add.h\"]", "[\"sub.h\"]",
	  "languages.c.owned: \"sub.h\" is not in starter/c" },
	{ "[\"add.c\"],\n", "[\"sub.c\"],\n",
	  "languages.c.submit.required: \"sub.c\" is not in starter/c" },
	{ "\"owned\"", "\"own\"", "languages.c: unknown key \"own\"" },
	{ "\"release\": {", "\"debug\": {",
	  "languages.c.variants: key \"release\" is missing" },
	{ "[[\"gcc\", \"-O2\", \"add.c\"]]", "[]",
	  "languages.c.variants.release.build: expected at least 1" },
	{ "[[\"gcc\", \"-O2\", \"add.c\"]]", "[[]]",
	  "languages.c.variants.release.build[0]: expected at least 1" },
	{ "[[\"gcc\", \"-O2\", \"add.c\"]]", "[\"make\"]",
	  "languages.c.variants.release.build[0]: expected a list" },
	{ "TSAN_OPTIONS", "tsan=x",
	  "languages.c.variants.tsan.env: \"tsan=x\"" },
	{ "\"exitcode=66\"", "66",
	  "languages.c.variants.tsan.env.TSAN_OPTIONS: expected a string" },
	{ "[\"/work/judge\"]", "[]", "judge.run: expected at least 1" },
	{ "[\"driver.c\"]", "[\"diver.c\"]",
	  "judge.driver: \"diver.c\" is not in judge/" },
	{ "\"driver\"", "\"drivers\"", "judge: unknown key \"drivers\"" },
	{ "\"points\": 60", "\"points\": 61",
	  "tests: points add up to 101, expected 100" },
	{ "\"points\": 40", "\"points\": \"40\"",
	  "tests[1].points: expected an integer from 0 to 100" },
	{ "\"id\": \"races\"", "\"id\": \"sums\"",
	  "tests[1]: id \"sums\" is that of another test" },
	{ "\"id\": \"races\"", "\"id\": \"Races\"",
	  "tests[1].id: expected at most 64 lower case letters" },
	{ "\"hidden\"", "\"secret\"",
	  "tests[1].visibility: expected \"public\" or \"hidden\"" },
	{ "\"variant\": \"tsan\"", "\"variant\": \"asan\"",
	  "tests[1].variant: languages.c has no variant \"asan\"" },
	{ "\"depends_on\": [\"sums\"]", "\"depends_on\": [\"races\"]",
	  "tests[1].depends_on: \"races\" is not an earlier test" },
	{ "\"public\"", "\"public\", \"depends_on\": [\"races\"]",
	  "tests[0].depends_on: \"races\" is not an earlier test" },
	{ "\"repeat\": 3", "\"repeat\": 0",
	  "tests[1].repeat: expected an integer from 1 to 100" },
	{ "\"baseline\": true", "\"baseline\": 1",
	  "tests[1].baseline: expected true or false" },
	{ "{\"threads\": 4}", "[4]", "tests[1].params: expected an object" },
	{ "{\"cpu_ms\": 9000}", "{\"cpu\": 9000}",
	  "tests[1].limits: unknown key \"cpu\"" },
	{ "\"measured\"", "\"measures\"",
	  "tests[1]: unknown key \"measures\"" },
	{ "\"points\": 60", "\"questions\": [], \"points\": 60",
	  "tests[0].questions: expected at least 1" },
	{ "\"points\": 60", "\"questions\": [\"\"], \"points\": 60",
	  "tests[0].questions[0]: expected a string, not empty" },
	{ "\"tests\": [\"races\"]", "\"tests\": [\"rages\"]",
	  "caps[0].tests: \"rages\" is not a test" },
	{ "\"crash\"", "\"crashed\"",
	  "caps[0].when[0]: expected the name of a verdict" },
	{ "\"crash\"", "\"inconclusive\"",
	  "caps[0].when[0]: expected the name of a verdict" },
	{ "\"points\": 50", "\"points\": 101",
	  "caps[0].points: expected an integer from 0 to 100" },
	{ "\"d\", \"e\"]", "\"d\"]", "rubric[0].marks: expected at least 5" },
	{ "\"fails\": \"sums\"", "\"fails\": \"sum\"",
	  "mutants[0].fails: \"sum\" is not a test" },
	{ "off-by-one", "../judge", "mutants[0].name: expected at most 64" },
	{ "off-by-one", "off-by-two", "mutants/off-by-two" },
	{ "\"mutants\": [",
	  "\"mutants\": [{\"name\": \"off-by-one\", "
	  "\"fails\": \"sums\", \"why\": \"x\"},",
	  "mutants[1]: name \"off-by-one\" is that of another mutant" },
	{ "}\n", "}]\n", "exercise.json: line " },
	{ "\"format\": 1,", "\"format\": 1, \"a\\nb\": 1,", "unknown key \"a" },
	{ "\"format\": 1,", "\"format\": 1, \"a\nb\": 1,", "line 2" },
};

static void test_exercise__says_where_a_manifest_is_broken(void **state)
{
	for (size_t i = 0;
	     i < sizeof broken_manifests / sizeof *broken_manifests; i++) {
		AUTO_FREE char *text = package_edit(broken_manifests[i].from,
						    broken_manifests[i].to);

		folder_write(*state, "demo/adder/exercise.json", text);
		assert_broken(*state, broken_manifests[i].expected);
	}
}

static void
test_exercise__refuses_a_public_test_behind_a_hidden_one(void **state)
{
	AUTO_FREE char *hidden = package_edit("\"public\"", "\"hidden\"");
	char *second = strstr(strstr(hidden, "\"hidden\"") + 1, "\"hidden\"");

	memcpy(second, "\"public\"", 8);
	folder_write(*state, "demo/adder/exercise.json", hidden);
	assert_broken(*state, "tests[1].depends_on: \"sums\" is hidden");
}

static void
test_exercise__has_one_place_beside_an_explored_submission(void **state)
{
	AUTO_FREE char *manifest = explored_manifest(true);

	folder_write(*state, "demo/adder/exercise.json", manifest);
	assert_broken(*state, "tests[1].baseline: in a test of variant "
			      "\"explore\"");
}

static void remove_file(const char *root, const char *name)
{
	AUTO_FREE char *path = folder_path(root, name);

	assert_int_equal(unlink(path), 0);
}

static void test_exercise__says_which_file_is_missing(void **state)
{
	remove_file(*state, "demo/adder/solution/c/add.c");
	assert_broken(*state, "languages.c.submit.required: \"add.c\" is not "
			      "in solution/c");
	package_make(*state);
	remove_file(*state, "demo/adder/README.md");
	assert_broken(*state, "README.md: the statement is missing");
	package_make(*state);
	remove_file(*state, "demo/adder/mutants/off-by-one/add.c");
	assert_broken(*state, "mutants/off-by-one: has no files");
}

#define EXTRA_DIFF "demo/adder/mutants/off-by-one/src/extra.c.diff"

static void test_exercise__applies_the_diffs_of_a_mutant(void **state)
{
	struct exercise *exercise;
	AUTO_FREE char *extra = NULL;
	AUTO_FREE char *whole = NULL;
	const struct fileset *files;

	folder_write(*state, EXTRA_DIFF,
		     "--- extra.c\n+++ extra.c\n@@ -1 +1,2 @@\n"
		     " static int extra;\n+static int more;\n");
	exercise = load(*state);
	files = &exercise->mutants[0].files;
	extra = file_read(fileset_find(files, "src/extra.c"));
	whole = file_read(fileset_find(files, "add.c"));
	assert_string_equal(extra, "static int extra;\nstatic int more;\n");
	assert_non_null(strstr(whole, "+ 1"));
	assert_null(fileset_find(files, "src/extra.c.diff"));
	exercise_free(exercise);
}

static void test_exercise__says_which_diff_of_a_mutant_is_wrong(void **state)
{
	folder_write(*state, EXTRA_DIFF,
		     "--- extra.c\n+++ extra.c\n@@ -1 +1 @@\n"
		     "-static int other;\n+static int more;\n");
	assert_broken(*state,
		      "mutants/off-by-one: src/extra.c.diff: hunk 1: line 1 is "
		      "not the one that the diff has");
	remove_file(*state, EXTRA_DIFF);
	folder_write(*state, "demo/adder/mutants/off-by-one/add.c.diff",
		     "--- a\n+++ a\n@@ -1 +0,0 @@\n-#include \"add.h\"\n");
	assert_broken(*state, "mutants/off-by-one: add.c: twice");
	remove_file(*state, "demo/adder/mutants/off-by-one/add.c.diff");
	folder_write(*state, "demo/adder/mutants/off-by-one/other.c.diff", "");
	assert_broken(*state, "mutants/off-by-one: has a file that no "
			      "candidate may hand in, or a diff of one that "
			      "is in no solution");
}

static void test_exercise__refuses_a_mutant_of_an_owned_file(void **state)
{
	folder_write(*state, "demo/adder/mutants/off-by-one/add.h", "\n");
	assert_broken(*state, "mutants/off-by-one: has a file that no "
			      "candidate may hand in");
}

static void
test_exercise__refuses_a_starter_with_files_that_start_makes(void **state)
{
	folder_write(*state, "demo/adder/starter/c/README.md", "\n");
	assert_broken(*state, "starter/c: README.md is not the starter's");
}

static void test_exercise__refuses_symlinks_in_a_package(void **state)
{
	AUTO_FREE char *path = folder_path(*state, "demo/adder/judge/passwd.c");

	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_broken(*state, "passwd.c: a symbolic link");
}

static void test_exercise__is_not_there_under_other_names(void **state)
{
	static const char *const ids[] = { "demo/subtracter",
					   "demo",
					   "",
					   "/",
					   "demo/",
					   "../adder",
					   "demo/../demo/adder",
					   "demo/adder/",
					   "Demo/adder",
					   "/demo/adder",
					   "demo/adder/judge" };
	struct exercise *exercise = NULL;
	struct error err;

	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
		assert_int_equal(exercise_load(*state, ids[i], &exercise, &err),
				 -ENOENT);
	assert_int_equal(exercise_load("/nowhere", PACKAGE_ID, &exercise, &err),
			 -ENOENT);
}

static void test_exercise__list_is_sorted_and_of_packages_only(void **state)
{
	string_list list = NULL;
	struct error err;

	folder_write(*state, "demo/abacus/exercise.json", "{}");
	folder_write(*state, "demo/notes/README.md", "no exercise");
	folder_write(*state, "README.md", "no exercise");
	assert_int_equal(exercise_list(*state, &list, &err), 0);
	assert_int_equal(string_list_count(list), 2);
	assert_string_equal(list[0], "demo/abacus");
	assert_string_equal(list[1], "demo/adder");
	string_list_free(list);
	assert_int_equal(exercise_list("/nowhere", &list, &err), -ENOENT);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_exercise__loads_what_the_manifest_says),
		TEST(test_exercise__fills_in_what_a_test_leaves_out),
		TEST(test_exercise__knows_why_a_test_is_there),
		TEST(test_exercise__asks_about_a_property_once),
		TEST(test_exercise__reads_its_files),
		TEST(test_exercise__brings_the_contract_headers_along),
		TEST(test_exercise__lays_a_mutant_over_the_solution),
		TEST(test_exercise__digest_covers_what_can_change_a_verdict),
		TEST(test_exercise__digest_covers_what_it_is_explored_with),
		TEST(test_exercise__has_one_place_beside_an_explored_submission),
		TEST(test_exercise__says_where_a_manifest_is_broken),
		TEST(test_exercise__refuses_a_public_test_behind_a_hidden_one),
		TEST(test_exercise__says_which_file_is_missing),
		TEST(test_exercise__applies_the_diffs_of_a_mutant),
		TEST(test_exercise__says_which_diff_of_a_mutant_is_wrong),
		TEST(test_exercise__refuses_a_mutant_of_an_owned_file),
		TEST(test_exercise__refuses_a_starter_with_files_that_start_makes),
		TEST(test_exercise__refuses_symlinks_in_a_package),
		TEST(test_exercise__is_not_there_under_other_names),
		TEST(test_exercise__list_is_sorted_and_of_packages_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
