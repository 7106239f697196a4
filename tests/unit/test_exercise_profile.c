/* Languages that are described for all exercises at once: languages.json. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <assay/cleanup.h>

#include "exercise.h"
#include "package.h"
#include "text.h"

#define SUBMIT "\"submit\": {\"required\": [\"add.c\"], \"optional\": []}"
#define PROFILE "{\"c\": {\"profile\": \"talk\", " SUBMIT "}}"

#define RELEASE(flags)                                                      \
	"\"release\": {\"dialogue\": true, \"build\": [[\"gcc\", " flags    \
	"\"@main\", \"-lm\"], [\"cp\", \"@main\", \"@mainly\"]], \"run\": " \
	"[\"/work/program\"]}"
#define OTHERS                                                               \
	", \"tsan\": {\"build\": [[\"gcc\", \"@main\"]], \"run\": [\"sh\", " \
	"\"@main\"]}"                                                        \
	"}}, \"sh\": {}}, \"else\": 1}"
#define TABLE(flags) "{\"talk\": {\"c\": {\"variants\": {" RELEASE(flags) OTHERS

/* The package's manifest with other languages. */
static char *manifest_with(const char *languages)
{
	const char *before = strstr(package_manifest, "\"languages\"");
	const char *after = strstr(package_manifest, "\"judge\"");

	return text_format("%.*s\"languages\": %s,\n%s",
			   (int)(before - package_manifest), package_manifest,
			   languages, after);
}

static void write_manifest(const char *root, const char *languages)
{
	AUTO_FREE char *text = manifest_with(languages);

	folder_write(root, "demo/adder/exercise.json", text);
}

static int setup(void **state)
{
	*state = folder_new();
	package_make(*state);
	write_manifest(*state, PROFILE);
	folder_write(*state, "languages.json", TABLE(""));
	return setenv("ASSAY_KEEPER", "/nowhere/keeper", 1);
}

static int teardown(void **state)
{
	folder_remove(*state);
	return unsetenv("ASSAY_KEEPER");
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
}

static void test_profile__has_the_variants_of_a_language(void **state)
{
	struct exercise *exercise = load(*state);
	const struct exercise_language *c = exercise_language(exercise, "c");
	const struct exercise_variant *release = language_variant(c, "release");

	assert_int_equal(c->variant_count, 2);
	assert_true(release->dialogue);
	assert_false(language_variant(c, "tsan")->dialogue);
	assert_true(exercise_has_dialogue(exercise));
	assert_string_equal(release->run[0], "/work/program");
	exercise_free(exercise);
}

static void test_profile__main_is_the_first_required_file(void **state)
{
	struct exercise *exercise = load(*state);
	const struct exercise_variant *release = language_variant(
		&exercise->languages[0], "release");
	const struct exercise_variant *tsan = language_variant(
		&exercise->languages[0], "tsan");

	assert_string_equal(release->commands[0].argv[0], "gcc");
	assert_string_equal(release->commands[0].argv[1], "add.c");
	assert_string_equal(release->commands[1].argv[1], "add.c");
	assert_string_equal(release->commands[1].argv[2], "@mainly");
	assert_string_equal(release->program, "program");
	assert_string_equal(tsan->run[1], "add.c");
	assert_string_equal(tsan->program, "add.c");
	exercise_free(exercise);
}

static void test_profile__keeper_need_not_be_installed_to_list(void **state)
{
	AUTO_FREE char *keeper = folder_path(*state, "keeper");
	struct exercise *exercise = load(*state);

	assert_int_equal(exercise->keeper.count, 0);
	exercise_free(exercise);
	folder_write(*state, "keeper", "a program");
	assert_int_equal(setenv("ASSAY_KEEPER", keeper, 1), 0);
	exercise = load(*state);
	assert_non_null(fileset_find(&exercise->keeper, "keeper"));
	exercise_free(exercise);
}

static void digest(const char *root, const char *table, char hex[65])
{
	struct exercise *exercise;

	folder_write(root, "languages.json", table);
	exercise = load(root);
	memcpy(hex, exercise->digest, 65);
	exercise_free(exercise);
}

static void test_profile__digest_covers_what_is_used_of_it(void **state)
{
	AUTO_FREE char *elsewhere = text_format("%s", TABLE(""));
	char before[65], after[65];

	digest(*state, TABLE(""), before);
	digest(*state, TABLE("\"-O2\", "), after);
	assert_string_not_equal(before, after);
	*strstr(elsewhere, "1}") = '2';
	digest(*state, elsewhere, after);
	assert_string_equal(before, after);
}

/* Languages of exercise.json, languages.json, and what is said of them. */
static const struct {
	const char *languages, *table, *expected;
} broken[] = {
	{ "{\"c\": {" SUBMIT "}}", TABLE(""),
	  "exercise.json: languages.c: expected one of the keys" },
	{ "{\"c\": {\"profile\": \"talk\", \"variants\": {}, " SUBMIT "}}",
	  TABLE(""), "exercise.json: languages.c: expected one of the keys" },
	{ "{\"c\": {\"profile\": 7, " SUBMIT "}}", TABLE(""),
	  "exercise.json: languages.c.profile: expected at most 64" },
	{ "{\"c\": {\"profile\": \"walk\", " SUBMIT "}}", TABLE(""),
	  "exercise.json: languages.c.profile: \"c\" of \"walk\" is not in "
	  "languages.json" },
	{ "{\"ada\": {\"profile\": \"talk\", " SUBMIT "}}", TABLE(""),
	  "languages.ada.profile: \"ada\" of \"talk\" is not in" },
	{ "{\"sh\": {\"profile\": \"talk\", " SUBMIT "}}", TABLE(""),
	  "languages.json: talk.sh: key \"variants\" is missing" },
	{ PROFILE, "{\"talk\": {\"c\": {\"variants\": 1}}}",
	  "languages.json: talk.c.variants: expected an object" },
	{ PROFILE, "{\"talk\": {\"c\": {\"variants\": {}, \"a\": 1}}}",
	  "languages.json: talk.c: unknown key \"a\"" },
	{ PROFILE, TABLE("7, "),
	  "languages.json: talk.c.variants.release.build[0][1]: expected a "
	  "string" },
	{ PROFILE, "{\"talk\": {", "languages.json: line 1, column" },
	{ PROFILE, "[]", "\"c\" of \"talk\" is not in languages.json" },
	{ "{\"c\": {" SUBMIT ", \"variants\": {\"release\": {\"build\": "
	  "[[\"cc\"]], \"run\": [\"a\"], \"dialogue\": 1}}}}",
	  TABLE(""),
	  "languages.c.variants.release.dialogue: expected true or false" },
	{ "{\"c\": {" SUBMIT ", \"variants\": {\"release\": {\"build\": "
	  "[[\"cc\"]], \"run\": [\"a\"]}, \"explore\": {\"build\": "
	  "[[\"cc\"]], \"run\": [\"a\"], \"dialogue\": true}}}}",
	  TABLE(""),
	  "languages.c.variants.explore: a variant that is searched" },
	{ "{\"c\": {\"profile\": \"talk\", " SUBMIT "}, \"d\": {" SUBMIT
	  ", \"variants\": {\"release\": {\"build\": [[\"cc\"]], \"run\": "
	  "[\"a\"]}, \"tsan\": {\"build\": [[\"cc\"]], \"run\": [\"a\"]}}}}",
	  TABLE(""),
	  "tests[0].variant: \"release\" is a dialogue in one language and" },
};

static void test_profile__says_where_it_is_broken(void **state)
{
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
		write_manifest(*state, broken[i].languages);
		folder_write(*state, "languages.json", broken[i].table);
		assert_broken(*state, broken[i].expected);
	}
}

static void test_profile__is_not_needed_by_who_names_none(void **state)
{
	struct exercise *exercise;
	AUTO_FREE char *path = folder_path(*state, "languages.json");

	assert_int_equal(remove(path), 0);
	assert_broken(*state, "\"c\" of \"talk\" is not in languages.json");
	folder_write(*state, "demo/adder/exercise.json", package_manifest);
	exercise = load(*state);
	assert_null(exercise->languages[0].profile);
	exercise_free(exercise);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_profile__has_the_variants_of_a_language),
		TEST(test_profile__main_is_the_first_required_file),
		TEST(test_profile__keeper_need_not_be_installed_to_list),
		TEST(test_profile__digest_covers_what_is_used_of_it),
		TEST(test_profile__says_where_it_is_broken),
		TEST(test_profile__is_not_needed_by_who_names_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
