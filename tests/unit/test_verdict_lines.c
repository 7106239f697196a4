#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>
#include <assay/judge.h>

#include "verdict_lines.h"

#define PASS "{\"type\":\"verdict\",\"status\":\"pass\"}\n"

static int setup(void **state)
{
	static struct verdict_lines lines;

	verdict_lines_init(&lines);
	*state = &lines;
	return 0;
}

static int teardown(void **state)
{
	verdict_lines_release(*state);
	return 0;
}

static int feed(struct verdict_lines *lines, const char *text)
{
	struct error err = { 0 };

	return verdict_lines_feed(lines, text, strlen(text), &err);
}

/* @text is refused, with @why in the error's words. */
static void assert_refused(struct verdict_lines *lines, const char *text,
			   const char *why)
{
	struct error err = { 0 };

	assert_int_equal(verdict_lines_feed(lines, text, strlen(text), &err),
			 -EPROTO);
	if (!strstr(err.text, why))
		fail_msg("\"%s\" does not say \"%s\"", err.text, why);
}

static void test_verdict_lines__a_pass_alone_has_the_whole_score(void **state)
{
	struct verdict_lines *lines = *state;
	struct error err = { 0 };

	assert_int_equal(feed(lines, PASS), 0);
	assert_int_equal(verdict_lines_finish(lines, &err), 0);
	assert_string_equal(
		json_string_value(json_object_get(lines->verdict, "status")),
		"pass");
	assert_int_equal(
		json_integer_value(json_object_get(lines->verdict, "score")),
		1);
	assert_null(json_object_get(lines->verdict, "type"));
}

static void
test_verdict_lines__a_fail_scores_zero_and_keeps_its_values(void **state)
{
	struct verdict_lines *lines = *state;

	assert_int_equal(feed(lines,
			      "{\"type\":\"verdict\",\"status\":\"fail\","
			      "\"property\":\"p\",\"message\":\"m\","
			      "\"expected\":[1],\"actual\":null}\n"),
			 0);
	assert_int_equal(
		json_integer_value(json_object_get(lines->verdict, "score")),
		0);
	assert_int_equal(
		json_array_size(json_object_get(lines->verdict, "expected")),
		1);
	assert_true(json_is_null(json_object_get(lines->verdict, "actual")));
}

static void test_verdict_lines__come_in_pieces_of_any_size(void **state)
{
	static const char text[] =
		"{\"type\":\"metric\",\"name\":\"n\",\"value\":1.5,"
		"\"unit\":\"ops/s\"}\n{\"type\":\"trace\",\"title\":\"t\","
		"\"lines\":[\"a\",\"b\"]}\n{\"type\":\"probe\"}\n"
		"{\"type\":\"threads\"}\n" PASS;
	struct verdict_lines *lines = *state;
	struct error err = { 0 };
	size_t i;

	for (i = 0; i < strlen(text); i++)
		assert_int_equal(verdict_lines_feed(lines, text + i, 1, &err),
				 0);
	assert_int_equal(verdict_lines_finish(lines, &err), 0);
	assert_int_equal(json_array_size(lines->metrics), 1);
	assert_int_equal(json_array_size(lines->traces), 1);
	assert_int_equal(lines->request_count, 1);
	assert_int_equal(lines->requests[0], VERDICT_REQUEST_PROBE);
	assert_int_equal(lines->inspections, 1);
}

static void test_verdict_lines__requests_keep_their_order(void **state)
{
	static const int expected[] = {
		VERDICT_REQUEST_PROBE,         VERDICT_REQUEST_HOLD_SYNCS,
		VERDICT_REQUEST_PROBE,         VERDICT_REQUEST_PROBE,
		VERDICT_REQUEST_RELEASE_SYNCS,
	};
	struct verdict_lines *lines = *state;
	size_t i;

	assert_int_equal(feed(lines, "{\"type\":\"probe\"}\n"
				     "{\"type\":\"hold-syncs\"}\n"
				     "{\"type\":\"probe\"}\n"
				     "{\"type\":\"probe\"}\n"
				     "{\"type\":\"release-syncs\"}\n"),
			 0);
	assert_int_equal(lines->request_count, 5);
	for (i = 0; i < 5; i++)
		assert_int_equal(lines->requests[i], expected[i]);
	assert_int_equal(feed(lines, "{\"type\":\"hold-syncs\",\"n\":1}\n"),
			 -EPROTO);
}

static void test_verdict_lines__a_fail_may_be_of_a_hang(void **state)
{
	struct verdict_lines *lines = *state;

	assert_int_equal(feed(lines,
			      "{\"type\":\"verdict\",\"status\":\"fail\","
			      "\"stuck\":true,\"crashed\":true}\n"),
			 0);
	assert_true(json_is_true(json_object_get(lines->verdict, "stuck")));
	assert_true(json_is_true(json_object_get(lines->verdict, "crashed")));
}

static void test_verdict_lines__refuse_what_is_not_of_the_protocol(void **state)
{
	static const char *const wrong[][2] = {
		{ "hello\n", "line 1" },
		{ "\n", "line 1" },
		{ "[]\n", "object with a type" },
		{ "{}\n", "object with a type" },
		{ "{\"type\":1}\n", "object with a type" },
		{ "{\"type\":\"verdikt\"}\n", "unknown type \"verdikt\"" },
		{ "{\"type\":\"probe\",\"type\":\"probe\"}\n", "duplicate" },
		{ "{\"type\":\"probe\",\"x\":1}\n", "unknown key \"x\"" },
		{ "{\"type\":\"metric\",\"name\":\"n\",\"value\":\"1\","
		  "\"unit\":\"\"}\n",
		  "number" },
		{ "{\"type\":\"metric\",\"name\":\"n\",\"value\":NaN,"
		  "\"unit\":\"\"}\n",
		  "line 1" },
		{ "{\"type\":\"metric\",\"name\":\"n\",\"value\":1e999,"
		  "\"unit\":\"\"}\n",
		  "line 1" },
		{ "{\"type\":\"trace\",\"title\":\"t\",\"lines\":[1]}\n",
		  "lines[0]" },
		{ "{\"type\":\"trace\",\"title\":\"t\"}\n", "array" },
		{ "{\"type\":\"verdict\"}\n", "status" },
		{ "{\"type\":\"verdict\",\"status\":\"crash\"}\n", "status" },
		{ "{\"type\":\"verdict\",\"status\":\"pass\",\"score\":0}\n",
		  "above 0" },
		{ "{\"type\":\"verdict\",\"status\":\"pass\",\"score\":1.01}\n",
		  "from 0 to 1" },
		{ "{\"type\":\"verdict\",\"status\":\"fail\",\"score\":-1}\n",
		  "from 0 to 1" },
		{ "{\"type\":\"verdict\",\"status\":\"pass\",\"score\":\"1\"}"
		  "\n",
		  "from 0 to 1" },
		{ "{\"type\":\"verdict\",\"status\":\"pass\",\"score\":null}\n",
		  "from 0 to 1" },
		{ "{\"type\":\"verdict\",\"status\":\"fail\",\"message\":1}\n",
		  "strings" },
		{ "{\"type\":\"verdict\",\"status\":\"fail\",\"stuck\":1}\n",
		  "stuck" },
		{ "{\"type\":\"verdict\",\"status\":\"fail\",\"crashed\":0}\n",
		  "crashed" },
		{ "{\"type\":\"verdict\",\"status\":\"fail\",\"late\":1}\n",
		  "late" },
		{ "{\"type\":\"threads\",\"x\":1}\n", "unknown key \"x\"" },
		{ "{\"type\":\"probe\"} {\"type\":\"probe\"}\n", "line 1" },
		{ "{\"type\":\"\xff\"}\n", "line 1" },
		{ "{\"type\":\"a\\u0000b\"}\n", "line 1" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct verdict_lines lines;

		verdict_lines_init(&lines);
		assert_refused(&lines, wrong[i][0], wrong[i][1]);
		assert_null(lines.verdict);
		verdict_lines_release(&lines);
	}
}

static void test_verdict_lines__nothing_is_taken_after_an_error(void **state)
{
	struct verdict_lines *lines = *state;
	struct error err = { 0 };

	assert_refused(lines, "x\n" PASS, "line 1");
	assert_refused(lines, PASS, "earlier");
	assert_int_equal(verdict_lines_finish(lines, &err), -EPROTO);
	assert_null(lines->verdict);
}

static void test_verdict_lines__a_second_verdict_is_refused(void **state)
{
	assert_refused(*state, PASS PASS, "line 2: a line after the verdict");
}

static void
test_verdict_lines__a_line_after_the_verdict_is_refused(void **state)
{
	assert_refused(*state, PASS "{\"type\":\"probe\"}\n", "line 2");
}

static void
test_verdict_lines__an_end_without_a_verdict_is_refused(void **state)
{
	struct verdict_lines *lines = *state;
	struct error err = { 0 };

	assert_int_equal(verdict_lines_finish(lines, &err), -EPROTO);
	assert_non_null(strstr(err.text, "no verdict"));
}

static void test_verdict_lines__an_unfinished_line_is_refused(void **state)
{
	struct verdict_lines *lines = *state;
	struct error err = { 0 };

	assert_int_equal(feed(lines, "{\"type\":\"verdict\""), 0);
	assert_int_equal(verdict_lines_finish(lines, &err), -EPROTO);
	assert_non_null(strstr(err.text, "middle"));
}

static void
test_verdict_lines__a_line_of_a_megabyte_is_refused_early(void **state)
{
	struct verdict_lines *lines = *state;
	struct error err = { 0 };
	char piece[4096];
	size_t fed = 0;

	memset(piece, 'a', sizeof piece);
	while (fed < 1 << 20 &&
	       verdict_lines_feed(lines, piece, sizeof piece, &err) == 0)
		fed += sizeof piece;
	assert_int_equal(fed, ASSAY_JUDGE_LINE_MAX);
	assert_true(lines->used <= ASSAY_JUDGE_LINE_MAX);
}

static void test_verdict_lines__too_many_lines_are_refused(void **state)
{
	struct verdict_lines *lines = *state;
	unsigned i;

	for (i = 0; i < ASSAY_JUDGE_LINES_MAX; i++)
		assert_int_equal(feed(lines, "{\"type\":\"probe\"}\n"), 0);
	assert_refused(lines, PASS, "more than 10000 lines");
}

static void test_verdict_lines__too_much_in_all_is_refused(void **state)
{
	struct verdict_lines *lines = *state;
	struct error err = { 0 };
	char line[200000];
	size_t fed = 0;
	int head;

	memset(line, 'a', sizeof line);
	head = snprintf(line, sizeof line,
			"{\"type\":\"trace\",\"lines\":[],\"title\":\"");
	line[head] = 'a';
	memcpy(line + sizeof line - 3, "\"}\n", 3);
	while (fed < 64 << 20 &&
	       verdict_lines_feed(lines, line, sizeof line, &err) == 0)
		fed += sizeof line;
	assert_true(fed <= VERDICT_LINES_BYTES_MAX);
	assert_non_null(strstr(err.text, "in all"));
}

static void refuse_nested(struct verdict_lines *lines, size_t depth)
{
	AUTO_FREE char *line = malloc(depth * 2 + 100);
	struct error err = { 0 };
	size_t used;

	assert_non_null(line);
	used = (size_t)snprintf(line, 100,
				"{\"type\":\"verdict\",\"status\":\"fail\","
				"\"actual\":");
	memset(line + used, '[', depth);
	memset(line + used + depth, ']', depth);
	used += 2 * depth;
	memcpy(line + used, "}\n", 2);
	assert_int_equal(verdict_lines_feed(lines, line, used + 2, &err),
			 -EPROTO);
}

static void test_verdict_lines__deep_values_are_refused(void **state)
{
	struct verdict_lines other;

	refuse_nested(*state, VERDICT_LINES_DEPTH_MAX);
	verdict_lines_init(&other);
	refuse_nested(&other, 100000);
	verdict_lines_release(&other);
}

static void
test_verdict_lines__errors_quote_without_control_characters(void **state)
{
	struct error err = { 0 };
	static const char line[] = "{\"type\":\"\\u001b[2J\\u202e\"}\n";

	assert_int_equal(verdict_lines_feed(*state, line, strlen(line), &err),
			 -EPROTO);
	assert_null(strchr(err.text, '\033'));
	assert_null(strstr(err.text, "\u202e"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_verdict_lines__a_pass_alone_has_the_whole_score),
		TEST(test_verdict_lines__a_fail_scores_zero_and_keeps_its_values),
		TEST(test_verdict_lines__come_in_pieces_of_any_size),
		TEST(test_verdict_lines__requests_keep_their_order),
		TEST(test_verdict_lines__a_fail_may_be_of_a_hang),
		TEST(test_verdict_lines__refuse_what_is_not_of_the_protocol),
		TEST(test_verdict_lines__nothing_is_taken_after_an_error),
		TEST(test_verdict_lines__a_second_verdict_is_refused),
		TEST(test_verdict_lines__a_line_after_the_verdict_is_refused),
		TEST(test_verdict_lines__an_end_without_a_verdict_is_refused),
		TEST(test_verdict_lines__an_unfinished_line_is_refused),
		TEST(test_verdict_lines__a_line_of_a_megabyte_is_refused_early),
		TEST(test_verdict_lines__too_many_lines_are_refused),
		TEST(test_verdict_lines__too_much_in_all_is_refused),
		TEST(test_verdict_lines__deep_values_are_refused),
		TEST(test_verdict_lines__errors_quote_without_control_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
