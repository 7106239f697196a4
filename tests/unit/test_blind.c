#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "blind.h"
#include "blind_view.h"
#include "text.h"

static int set_up(void **state)
{
	char *folder = text_format("/tmp/assay-blind-XXXXXX");

	assert_non_null(mkdtemp(folder));
	*state = folder;
	return 0;
}

static int tear_down(void **state)
{
	static const char *const names[] = { "blind.key", "blind.json" };
	size_t i;

	for (i = 0; i < 2; i++) {
		AUTO_FREE char *path = text_format("%s/%s", (char *)*state,
						   names[i]);

		(void)unlink(path);
	}
	(void)rmdir(*state);
	free(*state);
	return 0;
}

static struct blind *open_in(const char *folder)
{
	AUTO_FREE char *path = text_format("%s/blind", folder);
	struct blind *blind = NULL;
	struct error err = { 0 };

	assert_int_equal(blind_open(path, &blind, &err), 0);
	return blind;
}

static void assert_private(const char *folder, const char *name)
{
	AUTO_FREE char *path = text_format("%s/%s", folder, name);
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void test_blind__calls_everybody_the_same_each_time(void **state)
{
	struct blind *blind = open_in(*state);
	AUTO_FREE char *first = NULL, *file = NULL;
	struct error err = { 0 };

	first = text_format("%s", blind_name(blind, "jane-doe"));
	assert_int_equal(strncmp(first, "Candidate ", 10), 0);
	assert_int_equal(strlen(first), 14);
	assert_string_not_equal(first, blind_name(blind, "john-doe"));
	assert_int_equal(blind_save(blind, &err), 0);
	blind_free(blind);
	assert_private(*state, "blind.key");
	assert_private(*state, "blind.json");
	blind = open_in(*state);
	assert_string_equal(blind_name(blind, "jane-doe"), first);
	assert_string_equal(blind_id(blind, first), "jane-doe");
	file = blind_file_name(first);
	assert_int_equal(strncmp(file, "candidate-", 10), 0);
	assert_string_equal(blind_id(blind, file), "jane-doe");
	assert_string_equal(blind_id(blind, first + 10), "jane-doe");
	assert_null(blind_id(blind, "Candidate ????"));
	blind_free(blind);
}

static void test_blind__gives_no_pseudonym_twice(void **state)
{
	struct blind *blind = open_in(*state);
	unsigned i;

	/* Of 3000 some have four signs in common. */
	for (i = 0; i < 3000; i++) {
		AUTO_FREE char *id = text_format("s%u", i);

		assert_string_equal(blind_id(blind, blind_name(blind, id)), id);
	}
	blind_free(blind);
}

static void test_blind__takes_no_other_file_for_its_own(void **state)
{
	AUTO_FREE char *path = text_format("%s/blind", (char *)*state);
	AUTO_FREE char *map = text_format("%s.json", path);
	static const char *const texts[] = {
		"",
		"[]",
		"{\"blind_version\": 2, \"candidates\": {}}",
		"{\"blind_version\": 1, \"candidates\": {\"x\": 1}}",
	};
	struct blind *blind = NULL;
	struct error err = { 0 };
	size_t i;

	for (i = 0; i < sizeof texts / sizeof *texts; i++) {
		FILE *out = fopen(map, "we");

		assert_non_null(out);
		(void)fputs(texts[i], out);
		(void)fclose(out);
		assert_int_equal(blind_open(path, &blind, &err), -EINVAL);
		assert_non_null(strstr(err.text, "blind.json"));
	}
	assert_null(blind);
}

/* ---- the view ---- */

static json_t *parse(const char *text)
{
	json_t *json = json_loads(text, 0, NULL);

	assert_non_null(json);
	return json;
}

static void test_blind_view__leaves_what_is_the_harnesss_own(void **state)
{
	json_auto_t *view = parse(
		"{\"submission\":{\"id\":\"pat-judge\",\"digest\":\"d1g\","
		" \"files\":[{\"path\":\"judge.c\",\"sha256\":\"5ha\","
		"  \"role\":\"candidate\"}]},"
		" \"exercise\":{\"id\":\"a/judge\"},"
		" \"verdict_digest\":\"d1g\",\"signature\":{\"value\":\"5ig\"},"
		" \"timing\":{\"started\":\"2026-11-22T14:19:11.131Z\"},"
		" \"tests\":[{\"id\":\"judge\",\"message\":\"of Pat Judge\","
		"  \"evidence\":{\"mechanism\":\"judge\"},"
		"  \"expected\":{\"pat\":[\"Pat\",7]}}],"
		" \"later\":{\"Pat\":\"by pat\"}}");
	json_auto_t *want = parse(
		"{\"submission\":{\"id\":\"Candidate X\","
		" \"files\":[{\"path\":\"[name].c\",\"role\":\"candidate\"}]},"
		" \"exercise\":{\"id\":\"a/judge\"},"
		" \"timing\":{\"started\":\"2026-11-22T00:00:00.000Z\"},"
		" \"tests\":[{\"id\":\"judge\",\"message\":\"of [name]\","
		"  \"evidence\":{\"mechanism\":\"judge\"},"
		"  \"expected\":{\"[name]\":[\"[name]\",7]}}],"
		" \"later\":{\"[name]\":\"by [name]\"},\"blinded\":true}");
	struct names *names = names_new();
	json_auto_t *blinded = NULL;

	(void)state;
	names_add(names, "Pat Judge");
	blinded = blind_view(view, names, "Candidate X");
	assert_true(json_equal(blinded, want));
	assert_true(blind_view_is(blinded));
	assert_false(blind_view_is(view));
	names_free(names);
}

static void test_blind_view__learns_from_what_a_report_quotes(void **state)
{
	json_auto_t *report = parse(
		"{\"submission\":{\"id\":\"counter-jdoe\"},"
		" \"exercise\":{\"id\":\"a/counter\",\"title\":\"Counter\"},"
		" \"excerpts\":[{\"text\":\"// Author: Ann Other\"}],"
		" \"message\":\"ann's counter of JDoe\"}");
	struct names *names = names_new();
	json_auto_t *blinded = NULL;

	(void)state;
	blind_view_learn(names, report);
	blinded = blind_view(report, names, "Candidate X");
	assert_string_equal(
		json_string_value(json_object_get(blinded, "message")),
		"[name]'s counter of [name]");
	names_free(names);
}

static void test_blind_view__is_of_anything(void **state)
{
	static const char *const texts[] = {
		"[]",
		"{}",
		"{\"submission\":3,\"timing\":[],\"tests\":{}}",
		"{\"environment\":{\"isolation\":{\"layers\":[1,{}]}}}",
	};
	struct names *names = names_new();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof texts / sizeof *texts; i++) {
		json_auto_t *any = parse(texts[i]);
		json_auto_t *blinded = NULL;

		blind_view_learn(names, any);
		blinded = blind_view(any, names, "Candidate X");
		assert_non_null(blinded);
	}
	names_free(names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_blind__calls_everybody_the_same_each_time, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			test_blind__gives_no_pseudonym_twice, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			test_blind__takes_no_other_file_for_its_own, set_up,
			tear_down),
		cmocka_unit_test(
			test_blind_view__leaves_what_is_the_harnesss_own),
		cmocka_unit_test(
			test_blind_view__learns_from_what_a_report_quotes),
		cmocka_unit_test(test_blind_view__is_of_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
