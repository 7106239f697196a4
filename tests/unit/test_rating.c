#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include <assay/cleanup.h>

#include "rating.h"
#include "text.h"

#define PATH "rubric/ann/ada.json"
#define DIGEST "9f2c"

/* What a rating is held against. */
static json_t *report_new_for_test(void)
{
	json_t *report = json_pack(
		"{s:{s:s, s:s, s:[{s:s}]}, s:[{s:s, s:s, s:[sssss]}, "
		"{s:s, s:s, s:[sssss]}]}",
		"submission", "id", "ada", "digest", DIGEST, "files", "path",
		"bq.c", "rubric", "id", "time", "title", "Time", "marks", "a",
		"b", "c", "d", "e", "id", "errors", "title", "Errors", "marks",
		"v", "w", "x", "y", "z");

	assert_non_null(report);
	return report;
}

static int parse_bytes(const char *bytes, size_t size, json_t **ret,
		       struct error *err)
{
	json_auto_t *report = report_new_for_test();

	return rating_parse(PATH, bytes, size, "ann", report, ret, err);
}

static char *file_with(const char *marks, const char *more)
{
	return text_format("{\"rubric_version\": 1, \"submission\": \"ada\", "
			   "\"digest\": \"" DIGEST "\", \"rater\": \"ann\", "
			   "\"marks\": {%s}%s}",
			   marks, more);
}

static void assert_refused(const char *text, const char *why)
{
	struct error err = { 0 };
	json_t *rating = NULL;

	assert_int_equal(parse_bytes(text, strlen(text), &rating, &err),
			 -EINVAL);
	assert_null(rating);
	if (strncmp(err.text, PATH ": ", strlen(PATH ": ")) != 0 ||
	    !strstr(err.text, why) || strchr(err.text, '\n'))
		fail_msg("\"%s\", expected \"%s\"", err.text, why);
}

static void test_rating__is_what_was_filled_in(void **state)
{
	AUTO_FREE char *text = file_with(
		"\"errors\": {\"mark\": 0, \"why\": \"a\\nb\"}, "
		"\"time\": {\"mark\": null, \"why\": \"later\"}",
		", \"comments\": [{\"file\": \"bq.c\", \"line\": 7, "
		"\"text\": \"Why here?\"}]");
	json_auto_t *rating = NULL;
	json_auto_t *expected = json_pack(
		"{s:s, s:{s:{s:i, s:s}}, s:[{s:s, s:i, s:s}]}", "rater", "ann",
		"marks", "errors", "mark", 0, "why", "a\nb", "comments", "file",
		"bq.c", "line", 7, "text", "Why here?");
	struct error err = { 0 };

	(void)state;
	assert_int_equal(parse_bytes(text, strlen(text), &rating, &err), 0);
	assert_true(json_equal(rating, expected));
}

static void test_rating__reads_back_the_sheet_that_it_made(void **state)
{
	json_auto_t *report = report_new_for_test();
	json_auto_t *sheet = rating_sheet(report, "ann"), *rating = NULL;
	json_auto_t *full = NULL;
	AUTO_FREE char *empty = json_dumps(sheet, JSON_INDENT(1));
	AUTO_FREE char *filled = NULL;
	struct error err = { 0 };

	(void)state;
	assert_non_null(strstr(empty, "\"0: a\""));
	assert_int_equal(parse_bytes(empty, strlen(empty), &rating, &err), 0);
	assert_int_equal(json_object_size(json_object_get(rating, "marks")), 0);
	json_object_set_new(
		json_object_get(json_object_get(sheet, "marks"), "time"),
		"mark", json_integer(4));
	filled = json_dumps(sheet, 0);
	assert_int_equal(parse_bytes(filled, strlen(filled), &full, &err), 0);
	assert_int_equal(json_object_size(json_object_get(full, "marks")), 1);
}

static void test_rating__says_which_mark_is_none(void **state)
{
	static const struct {
		const char *marks, *why;
	} bad[] = {
		{ "\"time\": {\"mark\": 5}",
		  "marks.time.mark: expected an integer from 0 to 4" },
		{ "\"time\": {\"mark\": -1}", "marks.time.mark: expected an" },
		{ "\"time\": {\"mark\": 2.5}", "marks.time.mark: expected an" },
		{ "\"time\": {\"mark\": \"3\"}",
		  "marks.time.mark: expected an" },
		{ "\"time\": {\"mark\": 1e99}",
		  "marks.time.mark: expected an" },
		{ "\"time\": {}", "marks.time: key \"mark\" is missing" },
		{ "\"time\": 3", "marks.time: expected an object" },
		{ "\"tme\": {\"mark\": 3}",
		  "marks.tme: no dimension of this rubric (time, errors)" },
		{ "\"time\": {\"mark\": 3, \"because\": 1}",
		  "marks.time: unknown key \"because\"" },
		{ "\"time\": {\"mark\": 3, \"why\": 1}",
		  "marks.time.why: expected a string" },
		{ "\"time\": {\"mark\": 3, \"why\": \"\\u001b[2J\"}",
		  "marks.time.why: expected no control characters" },
		{ "\"time\": {\"mark\": 3}, \"time\": {\"mark\": 4}",
		  "line 1" },
		{ "\"a\\nb\": {\"mark\": 3}", "no dimension of this rubric" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof *bad; i++) {
		AUTO_FREE char *text = file_with(bad[i].marks, "");

		assert_refused(text, bad[i].why);
	}
}

static void test_rating__says_which_comment_is_none(void **state)
{
	static const struct {
		const char *comments, *why;
	} bad[] = {
		{ "{}", "comments: expected a list" },
		{ "[7]", "comments[0]: expected an object" },
		{ "[{\"file\": \"bq.cc\", \"line\": 1, \"text\": \"x\"}]",
		  "comments[0].file: the submission has no file \"bq.cc\"" },
		{ "[{\"file\": \"bq.c\", \"line\": 0, \"text\": \"x\"}]",
		  "comments[0].line: expected an integer from 1" },
		{ "[{\"file\": \"bq.c\", \"line\": 1, \"text\": \"\"}]",
		  "comments[0].text: expected a string, not empty" },
		{ "[{\"file\": \"bq.c\", \"line\": 1}]",
		  "comments[0]: key \"text\" is missing" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof *bad; i++) {
		AUTO_FREE char *more = text_format(", \"comments\": %s",
						   bad[i].comments);
		AUTO_FREE char *text = file_with("", more);

		assert_refused(text, bad[i].why);
	}
}

static void test_rating__is_of_this_submission_by_this_rater(void **state)
{
	(void)state;
	assert_refused("{\"rubric_version\": 1, \"submission\": \"bob\", "
		       "\"rater\": \"ann\", \"marks\": {}}",
		       "submission: expected \"ada\", as the report and the");
	assert_refused("{\"rubric_version\": 1, \"submission\": \"ada\", "
		       "\"rater\": \"bob\", \"marks\": {}}",
		       "rater: expected \"ann\", as the folder is called");
	assert_refused("{\"rubric_version\": 1, \"submission\": \"ada\", "
		       "\"digest\": \"0\", \"rater\": \"ann\", \"marks\": {}}",
		       "digest: expected \"" DIGEST "\": other files than");
	assert_refused("{\"rubric_version\": 2, \"submission\": \"ada\", "
		       "\"rater\": \"ann\", \"marks\": {}}",
		       "rubric_version: expected 1");
}

static void test_rating__survives_any_bytes(void **state)
{
	AUTO_FREE char *whole = file_with(
		"\"time\": {\"mark\": 3, \"why\": \"\xc3\xa9\"}",
		", \"comments\": [{\"file\": \"bq.c\", \"line\": 7, "
		"\"text\": \"x\"}]");
	size_t size = strlen(whole), i;

	(void)state;
	assert_refused("", "line 1");
	assert_refused("[]", "expected an object");
	assert_refused("{\"rubric_version\": \"\xff\"}", "unable to decode byte 0xff");
	assert_refused("{\"submission\": \"a\\u0000b\"}", "line 1");
	for (i = 0; i < size; i++) {
		AUTO_FREE char *copy = strdup(whole);
		struct error err = { 0 };
		json_t *rating = NULL;
		int byte;

		assert_int_equal(parse_bytes(whole, i, &rating, &err), -EINVAL);
		for (byte = 0; byte < 256; byte += 15) {
			copy[i] = (char)byte;
			err = (struct error){ 0 };
			rating = NULL;
			if (parse_bytes(copy, size, &rating, &err) < 0)
				assert_null(strchr(err.text, '\n'));
			json_decref(rating);
		}
	}
}

static void test_rating__has_long_texts_refused(void **state)
{
	AUTO_FREE char *text = NULL, *marks = NULL;
	char *why = calloc(1, RATING_TEXT_MAX + 2);

	(void)state;
	assert_non_null(why);
	memset(why, 'x', RATING_TEXT_MAX + 1);
	marks = text_format("\"time\": {\"mark\": 3, \"why\": \"%s\"}", why);
	text = file_with(marks, "");
	assert_refused(text, "marks.time.why: expected at most 4000 bytes");
	free(why);
}

static void test_rating__name_is_no_path(void **state)
{
	static const char *const bad[] = { "",    ".",    "..",   ".ann",
					   "a/b", "a\nb", "\xff", "a\x1b" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(rating_name_ok(bad[i]));
	assert_true(rating_name_ok("ann"));
	assert_true(rating_name_ok("Zo\xc3\xab K."));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rating__is_what_was_filled_in),
		cmocka_unit_test(
			test_rating__reads_back_the_sheet_that_it_made),
		cmocka_unit_test(test_rating__says_which_mark_is_none),
		cmocka_unit_test(test_rating__says_which_comment_is_none),
		cmocka_unit_test(
			test_rating__is_of_this_submission_by_this_rater),
		cmocka_unit_test(test_rating__survives_any_bytes),
		cmocka_unit_test(test_rating__has_long_texts_refused),
		cmocka_unit_test(test_rating__name_is_no_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
