#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "hostile_text.h"
#include "report_excerpts.h"
#include "report_index.h"
#include "report_page.h"
#include "report_view.h"
#include "result_fixture.h"
#include "text.h"

#define CANARY "xyzzy-canary"
#define LINE_SIZE (1 << 20)

static char *page_of(const json_t *report, enum audience audience)
{
	json_auto_t *view = report_view(report, audience);
	char *page = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&page, &size);

	assert_non_null(out);
	report_page(view, NULL, out);
	text_stream_close(out, &page);
	return page;
}

static char *index_of(const json_t *report)
{
	struct report_index *index = report_index_new();
	json_auto_t *view = report_view(report, AUDIENCE_GRADER);
	json_t *id = json_object_get(json_object_get(view, "submission"), "id");
	json_auto_t *audit = json_pack("{s:i, s:[{s:O?, s:[O?]}]}",
				       "graded_twice", 2, "differing",
				       "submission", id, "tests", id);
	char *page = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&page, &size);

	assert_non_null(out);
	assert_non_null(audit);
	report_index_add(index, view, hostile_text(5));
	report_index_add(index, view, NULL);
	report_index_audit(index, audit);
	report_index_write(index, out);
	text_stream_close(out, &page);
	report_index_free(index);
	return page;
}

static json_t *test_at(json_t *report, size_t index)
{
	return json_array_get(json_object_get(report, "tests"), index);
}

/* A test with everything that a test can have. */
static void fill(json_t *test)
{
	json_t *frame = json_pack("{ss, ss, si, ss, ss, ss}", "function", "put",
				  "file", "bq.c", "line", 3, "object",
				  "program", "address", "0x1", "whose",
				  "submission");

	json_object_set_new(test, "message", json_string("m"));
	json_object_set_new(
		test, "traces",
		json_pack("[{ss, s[ss]}, {ss, s[s]}, {ss, s[ss]}]", "title",
			  "calls", "lines", "t0   put(1) -> 0    |--|",
			  "t1   take() -> ...    |-->", "title", "said",
			  "lines", "> hello", "title", "schedule", "lines",
			  " step  t0   t1",
			  "   41  *         bq.c:3 put               locks"));
	json_object_set_new(
		test, "threads",
		json_pack("[{si, ss, sb, sb, sb, s{ss, si, sb}, s[O]}]",
			  "number", 1, "name", "program", "for_good", 1,
			  "crashed", 0, "refused", 0, "waits", "for", "mutex",
			  "held_by", 1, "ended", 0, "frames", frame));
	json_object_set_new(test, "races",
			    json_pack("[{ss, ss, ss, si, s[{ss, s[O]}]}]",
				      "kind", "data race", "tool",
				      "ThreadSanitizer", "file", "bq.c", "line",
				      3, "stacks", "what", "Write", "frames",
				      frame));
	json_object_set_new(test, "expected", json_pack("{ss}", "a", "b"));
	json_object_set_new(test, "actual", json_string("c"));
	json_object_set_new(test, "output", json_string("printed"));
	json_decref(frame);
}

static json_t *full_report(struct fixture *fixture)
{
	json_t *report;

	fixture_end(fixture, FIXTURE_TWO_PRODUCERS, VERDICT_FAIL);
	fixture_end(fixture, FIXTURE_RACE_FREE, VERDICT_FORBIDDEN_SYSCALL);
	report = fixture_report(fixture);
	fill(test_at(report, FIXTURE_TWO_PRODUCERS));
	json_object_set_new(report, "excerpts",
			    json_pack("[{ss, si, ss}]", "file", "bq.c", "line",
				      3, "text", "\tq->count++;"));
	json_object_set_new(test_at(report, FIXTURE_TWO_PRODUCERS), "questions",
			    json_pack("[s]", "Who wakes whom?"));
	json_object_set_new(
		report, "ratings",
		json_pack("[{s:s, s:{s:{s:i, s:s}}, s:[{s:s, s:i, s:s}]}, "
			  "{s:s, s:{s:{s:i, s:s}}, s:[]}]",
			  "rater", "ann", "marks", "clarity", "mark", 3, "why",
			  "It is.", "comments", "file", "bq.c", "line", 3,
			  "text", "Why here?", "rater", "zoe", "marks",
			  "clarity", "mark", 4, "why", "", "comments"));
	return report;
}

static void assert_inert(const char *page)
{
	static const char *const never[] = {
		"<script",     "<img",           "<svg onload", "<!--",
		" onerror=\"", "\033",           "\x07",        "\xe2\x80\xae",
		"\xc2\x9b",    "javascript:w\"", "]]>",         " src=\"",
	};
	const char *style = strstr(page, "</style");
	size_t i;

	for (i = 0; i < sizeof never / sizeof *never; i++)
		if (strstr(page, never[i]))
			fail_msg("the page has %s", never[i]);
	assert_non_null(style);
	assert_null(strstr(style + 1, "</style"));
	for (i = 0; page[i]; i += 1) {
		const char *link = strstr(page + i, "href=\"");

		if (!link)
			break;
		i = (size_t)(link - page) + 6;
		assert_true(strcspn(page + i, ":") > strcspn(page + i, "\""));
	}
}

static void test_page__is_inert_whatever_the_report_says(void **state)
{
	static const enum audience audiences[] = {
		AUDIENCE_CANDIDATE,
		AUDIENCE_GRADER,
		AUDIENCE_TEAM,
	};
	size_t turn, i;

	for (turn = 0; turn < HOSTILE_TEXTS; turn++) {
		json_auto_t *report = full_report(*state);
		AUTO_FREE char *index = NULL;
		size_t next = turn;

		hostile_spread(report, &next, turn % 2 == 0);
		for (i = 0; i < sizeof audiences / sizeof *audiences; i++) {
			AUTO_FREE char *page = page_of(report, audiences[i]);

			assert_inert(page);
		}
		index = index_of(report);
		assert_inert(index);
	}
}

static void test_page__of_long_lines_is_bounded(void **state)
{
	json_auto_t *report = full_report(*state);
	json_t *test = test_at(report, FIXTURE_TWO_PRODUCERS);
	AUTO_FREE char *line = malloc(LINE_SIZE + 1);
	AUTO_FREE char *page = NULL;

	assert_non_null(line);
	memset(line, '<', LINE_SIZE);
	line[LINE_SIZE] = '\0';
	json_object_set_new(test, "message", json_string(line));
	json_object_set_new(test, "output", json_string(line));
	json_object_set_new(
		test, "traces",
		json_pack("[{ss, s[s]}]", "title", line, "lines", line));
	page = page_of(report, AUDIENCE_GRADER);
	assert_true(strlen(page) < LINE_SIZE);
}

static void test_page__shows_what_there_is(void **state)
{
	static const char *const there[] = {
		"two-producers",
		"put, bq.c:3",
		"class=\"c1\"",
		"What the sanitizer found",
		"Where its threads were",
		"q-&gt;count++;",
		"locks",
		"<dt>See it again</dt>",
		"assay check --test two-producers --seed 9007199254740991",
		"Resources against limits",
		"Who wakes whom?",
		"<strong>3</strong> \xe2\x80\x93 d",
		"Why here?",
	};
	json_auto_t *report = full_report(*state);
	AUTO_FREE char *page = page_of(report, AUDIENCE_GRADER);
	size_t i;

	for (i = 0; i < sizeof there / sizeof *there; i++)
		if (!strstr(page, there[i]))
			fail_msg("the page has no %s", there[i]);
}

static void test_feedback__has_no_word_of_a_hidden_test(void **state)
{
	struct fixture *fixture = *state;
	json_auto_t *report = NULL;
	AUTO_FREE char *page = NULL;
	json_t *test, *part;
	const char *key;

	fixture->tests[FIXTURE_TWO_PRODUCERS].visibility = VISIBILITY_HIDDEN;
	report = full_report(fixture);
	test = test_at(report, FIXTURE_TWO_PRODUCERS);
	json_object_foreach (test, key, part)
		if (json_is_string(part) && strcmp(key, "visibility") != 0 &&
		    strcmp(key, "status") != 0)
			json_string_set(part, CANARY);
	json_object_set_new(report, "excerpts",
			    json_pack("[{ss, si, ss}]", "file", "bq.c", "line",
				      3, "text", CANARY));
	page = page_of(report, AUDIENCE_CANDIDATE);
	assert_null(strstr(page, CANARY));
	assert_non_null(strstr(page, "hidden tests"));
	assert_null(strstr(page, "bq.c"));
}

static void test_page__of_what_is_no_report_is_a_page(void **state)
{
	static const char *const texts[] = { "null", "[]", "{}",
					     "{\"tests\": [{}, 3, []]}" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof texts / sizeof *texts; i++) {
		json_auto_t *report = json_loads(texts[i], JSON_DECODE_ANY,
						 NULL);
		AUTO_FREE char *page = page_of(report, AUDIENCE_GRADER);
		AUTO_FREE char *index = index_of(report);

		assert_non_null(strstr(page, "</html>"));
		assert_non_null(strstr(index, "</html>"));
	}
}

static void test_excerpts__are_the_lines_around_a_place(void **state)
{
	json_auto_t *report = json_pack("{s[{s[{ss, si}]}]}", "build",
					"diagnostics", "file", "a.c", "line",
					5);
	json_auto_t *excerpts = NULL;
	struct error err = { 0 };
	struct fileset files;

	(void)state;
	fileset_init(&files);
	assert_int_equal(fileset_add_bytes(&files, "a.c",
					   "1\n2\n3\n4\n5\n6\n7\n8\n", 16,
					   false, &err),
			 0);
	excerpts = report_excerpts(report, &files);
	fileset_release(&files);
	assert_int_equal(json_array_size(excerpts), 5);
	assert_string_equal(json_string_value(json_object_get(
				    json_array_get(excerpts, 0), "text")),
			    "3");
}

#define WITH_FIXTURE(test) \
	cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FIXTURE(test_page__is_inert_whatever_the_report_says),
		WITH_FIXTURE(test_page__of_long_lines_is_bounded),
		WITH_FIXTURE(test_page__shows_what_there_is),
		WITH_FIXTURE(test_feedback__has_no_word_of_a_hidden_test),
		cmocka_unit_test(test_page__of_what_is_no_report_is_a_page),
		cmocka_unit_test(test_excerpts__are_the_lines_around_a_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
