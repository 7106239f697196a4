#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "format_parts.h"
#include "result_fixture.h"
#include "text.h"

/* All at once: XML, JSON, YAML, TAP, CSV, terminals. */
#define HOSTILE                                                           \
	"=cmd|'/C calc'!A1 ]]><x a=\"1\">&amp; # TODO \\ \x1b[31m\n...\n" \
	"not ok 9\n1..0\n\xe2\x80\xae\"}]"

static char *rendered(const char *name, const json_t *view)
{
	const struct format *format = format_find(name);
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(format);
	assert_non_null(out);
	format_write(format, out, view);
	text_stream_close(out, &text);
	return text;
}

static json_t *parsed(const char *name, const json_t *view)
{
	AUTO_FREE char *text = rendered(name, view);
	json_error_t where;
	json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &where);

	if (!json)
		fail_msg("%s: %s at %d", name, where.text, where.position);
	return json;
}

static json_t *test_at(json_t *report, size_t index)
{
	return json_array_get(json_object_get(report, "tests"), index);
}

/* The second test has failed, and says @words wherever it can. */
static json_t *failing(struct fixture *fixture, const char *words)
{
	json_t *report, *test;

	fixture_end(fixture, FIXTURE_TWO_PRODUCERS, VERDICT_FAIL);
	report = fixture_report(fixture);
	test = test_at(report, 1);
	(void)json_object_set_new(test, "message", json_string(words));
	(void)json_object_set_new(test, "title", json_string(words));
	(void)json_object_set_new(test, "output", json_string(words));
	(void)json_object_set_new(test, "property", json_string(words));
	(void)json_object_set_new(json_object_get(report, "submission"), "id",
				  json_string(words));
	return report;
}

static size_t times(const char *text, const char *part)
{
	size_t count = 0;

	for (; (text = strstr(text, part)); text += strlen(part))
		count++;
	return count;
}

static void test_format__finds_each_by_its_name(void **state)
{
	(void)state;
	assert_ptr_equal(format_find("junit"), &format_junit);
	assert_ptr_equal(format_find("csv"), &format_csv);
	assert_null(format_find("JUnit"));
	assert_null(format_find(""));
}

static void test_format__renders_what_is_no_report(void **state)
{
	static const char *const names[] = { "junit",      "ctrf", "sarif",
					     "gradescope", "tap",  "csv" };
	json_auto_t *nothing = json_object();
	json_auto_t *odd = json_pack("{s:i, s:[i, n, {}], s:[s], s:{s:s}, s:n}",
				     "submission", 1, "tests", 7, "build", "x",
				     "score", "points", "many", "exercise");
	size_t i;

	(void)state;
	for (i = 0; i < sizeof names / sizeof *names; i++) {
		AUTO_FREE char *of_nothing = rendered(names[i], nothing);
		AUTO_FREE char *of_odd = rendered(names[i], odd);

		assert_true(*of_nothing && *of_odd);
	}
}

static void test_junit__counts_and_tells_failures(void **state)
{
	json_auto_t *report = failing(*state, "lost");
	AUTO_FREE char *text = rendered("junit", report);

	assert_non_null(strstr(text, "failures=\"1\" errors=\"0\""));
	assert_non_null(
		strstr(text, "<failure type=\"fail\" message=\"lost\">"));
	assert_int_equal(times(text, "<testsuite "), 1);
}

static void test_junit__calls_a_fault_of_the_host_an_error(void **state)
{
	json_auto_t *report = NULL;
	AUTO_FREE char *text = NULL;

	fixture_end(*state, FIXTURE_TWO_PRODUCERS, VERDICT_INCONCLUSIVE);
	report = fixture_report(*state);
	text = rendered("junit", report);
	assert_non_null(strstr(text, "failures=\"0\" errors=\"1\""));
	assert_non_null(strstr(text, "<error type=\"inconclusive\""));
}

static void test_junit__holds_hostile_words(void **state)
{
	json_auto_t *report = failing(*state, HOSTILE);
	AUTO_FREE char *text = rendered("junit", report);

	assert_null(strstr(text, "<x a"));
	assert_null(strchr(text, '\x1b'));
	assert_int_equal(times(text, "]]>"), 0);
}

static void test_ctrf__counts_each_test_once(void **state)
{
	json_auto_t *report = failing(*state, HOSTILE);
	json_auto_t *json = parsed("ctrf", report);
	json_int_t passed, failed, skipped, all;

	assert_int_equal(json_unpack(json, "{s:{s:{s:I, s:I, s:I, s:I}}}",
				     "results", "summary", "tests", &all,
				     "passed", &passed, "failed", &failed,
				     "skipped", &skipped),
			 0);
	assert_int_equal(failed, 1);
	assert_int_equal(all, passed + failed + skipped);
	assert_int_equal(all,
			 json_array_size(json_object_get(report, "tests")));
}

static void test_ctrf__says_when_in_milliseconds(void **state)
{
	json_auto_t *report = fixture_report(*state);

	assert_int_equal(format_started_ms(report), 1700000000123);
}

static void test_gradescope__shows_students_only_public_tests(void **state)
{
	json_auto_t *report = failing(*state, HOSTILE), *json = NULL;
	json_t *hidden, *test;
	size_t i;

	hidden = json_deep_copy(test_at(report, 1));
	(void)json_object_set_new(hidden, "visibility", json_string("hidden"));
	(void)json_object_set_new(hidden, "message", json_string("canary"));
	(void)json_array_append_new(json_object_get(report, "tests"), hidden);
	json = parsed("gradescope", report);
	json_array_foreach (json_object_get(json, "tests"), i, test) {
		AUTO_FREE char *text = json_dumps(test, 0);
		bool is_hidden = strcmp(format_string(test, "visibility"),
					"hidden") == 0;

		assert_true(is_hidden || !strstr(text, "canary"));
	}
	(void)json_object_del(json, "tests");
	{
		AUTO_FREE char *rest = json_dumps(json, 0);

		assert_null(strstr(rest, "canary"));
	}
}

static void test_tap__keeps_hostile_words_in_their_place(void **state)
{
	json_auto_t *report = failing(*state, HOSTILE);
	AUTO_FREE char *text = rendered("tap", report);

	assert_true(strncmp(text, "TAP version 14\n# Subtest: ", 26) == 0);
	assert_int_equal(times(text, "\nnot ok 1 - "), 1);
	assert_int_equal(times(text, "\n1..1\n"), 1);
	assert_int_equal(times(text, "\n1..0"), 0);
	assert_int_equal(times(text, "\n    1..0"), 0);
	assert_int_equal(times(text, "\n    not ok 9"), 0);
	assert_int_equal(times(text, "\n      ...\n"), 1);
	/* no directive, neither of the point nor of the subtest */
	assert_int_equal(times(text, " \\# TODO"), 3);
}

static void test_csv__makes_no_formulas(void **state)
{
	json_auto_t *report = failing(*state, HOSTILE);
	AUTO_FREE char *text = rendered("csv", report);

	assert_null(strstr(text, "\n="));
	assert_null(strstr(text, ",="));
	assert_null(strstr(text, "\"="));
	assert_int_equal(times(text, "\r\n"),
			 1 + json_array_size(json_object_get(report, "tests")));
	assert_int_equal(times(text, "\n"), times(text, "\r\n"));
}

static void test_format__a_rejected_submission_is_a_failed_test(void **state)
{
	json_auto_t *report = fixture_report(*state), *json = NULL;
	json_t *tests = json_object_get(report, "tests");
	AUTO_FREE char *junit = NULL, *tap = NULL;

	(void)json_array_clear(tests);
	(void)json_object_set_new(json_object_get(report, "score"), "status",
				  json_string("rejected"));
	(void)json_object_set_new(
		json_object_get(report, "submission"), "rejected",
		json_pack("{ss, ss}", "rule", "size", "reason", "too large"));
	junit = rendered("junit", report);
	tap = rendered("tap", report);
	json = parsed("sarif", report);
	assert_non_null(strstr(junit, "tests=\"1\" failures=\"1\""));
	assert_non_null(strstr(junit, "too large"));
	assert_non_null(strstr(tap, "    not ok 1 - submission"));
	assert_string_equal(
		format_string(
			json_array_get(
				json_object_get(
					json_array_get(
						json_object_get(json, "runs"),
						0),
					"results"),
				0),
			"message.text"),
		"too large");
}

/* ---- SARIF ---- */

static json_t *first_run(json_t *document)
{
	return json_array_get(json_object_get(document, "runs"), 0);
}

static json_t *first_result(json_t *document)
{
	return json_array_get(json_object_get(first_run(document), "results"),
			      0);
}

/* A view with one test, whose @key holds @value. */
static json_t *view_with(const char *key, json_t *value)
{
	json_t *view = json_pack("{s:{s:s, s:[{ss, ss}]}, s:[{ss, ss, so}]}",
				 "submission", "id", "a", "files", "path",
				 "bq.c", "role", "candidate", "tests", "id",
				 "close", "status", "deadlock", key, value);

	assert_non_null(view);
	return view;
}

static json_t *frame(const char *function, const char *file, int line)
{
	return json_pack("{ss, ss, si}", "function", function, "file", file,
			 "line", line);
}

static json_t *flow_of(json_t *result, size_t index)
{
	return json_array_get(json_object_get(result, "codeFlows"), index);
}

static json_t *thread_flow(json_t *flow, size_t index)
{
	return json_array_get(json_object_get(flow, "threadFlows"), index);
}

static const char *uri_at(json_t *thread, size_t step)
{
	json_t *locations = json_object_get(thread, "locations");

	return format_string(json_array_get(locations, step),
			     "location.physicalLocation.artifactLocation.uri");
}

static void test_sarif__tells_a_deadlock_as_threads(void **state)
{
	json_auto_t *view = view_with(
		"threads",
		json_pack("[{si, ss, s:{ss, ss, si}, s:[o, o]}, {si, ss, "
			  "s:[o]}]",
			  "number", 1, "state", "S", "waits", "for", "mutex",
			  "object", "b", "held_by", 2, "frames",
			  frame("bq_put", "sub dir/bq.c", 12),
			  frame("main", "/work/exercise/judge/driver.c", 9),
			  "number", 2, "state", "S", "frames",
			  frame("bq_get", "bq.c", 40)));
	json_auto_t *json = parsed("sarif", view);
	json_t *result = first_result(json);
	json_t *thread = thread_flow(flow_of(result, 0), 0);

	(void)state;
	assert_string_equal(format_string(result, "ruleId"), "test/close");
	assert_string_equal(format_string(thread, "id"), "thread 1");
	/* from the outside inwards, and only the candidate's files */
	assert_string_equal(uri_at(thread, 0), "");
	assert_string_equal(uri_at(thread, 1), "sub%20dir/bq.c");
	assert_string_equal(
		format_string(
			json_array_get(json_object_get(thread, "locations"), 1),
			"location.message.text"),
		"waits for a mutex b, which thread 2 holds");
	assert_string_equal(uri_at(thread_flow(flow_of(result, 0), 1), 0),
			    "bq.c");
}

static void test_sarif__tells_a_schedule_step_by_step(void **state)
{
	json_auto_t *view = view_with(
		"traces", json_pack("[{ss, s:[s, s, s, s, s]}]", "title",
				    "the schedule", "lines", " step  t0   t1",
				    "   30  *         bq.c:31 put      locks A",
				    "   31       *    bq.c:40 get      reads 0",
				    "   ... 3 rows left out ...",
				    "   35  *         scenarios.c:9    ends"));
	json_auto_t *json = parsed("sarif", view);
	json_t *flow = flow_of(first_result(json), 0);
	json_t *first = thread_flow(flow, 0), *second = thread_flow(flow, 1);

	(void)state;
	assert_string_equal(format_string(first, "id"), "t0");
	assert_string_equal(format_string(second, "id"), "t1");
	assert_int_equal(json_array_size(json_object_get(first, "locations")),
			 2);
	assert_string_equal(uri_at(first, 0), "bq.c");
	assert_string_equal(uri_at(first, 1), ""); /* not the candidate's */
	assert_int_equal(
		format_number(
			json_array_get(json_object_get(second, "locations"), 0),
			"executionOrder"),
		31);
}

static void test_sarif__names_no_file_outside_the_submission(void **state)
{
	static const char *const paths[] = { "../../etc/passwd", "/etc/passwd",
					     "a/../../b", "..", "" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof paths / sizeof *paths; i++) {
		json_auto_t *view = view_with(
			"races",
			json_pack("[{ss, ss, ss, si, s:[]}]", "kind",
				  "data race", "tool", "ThreadSanitizer",
				  "file", paths[i], "line", 3, "stacks"));
		json_auto_t *json = parsed("sarif", view);

		assert_int_equal(json_array_size(json_object_get(
					 first_result(json), "locations")),
				 0);
	}
}

static void test_sarif__a_note_belongs_to_its_warning(void **state)
{
	json_auto_t *view = json_pack(
		"{s:[{s:[{ss, si, si, ss, ss, ss}, {ss, si, si, ss, ss}]}]}",
		"build", "diagnostics", "file", "bq.c", "line", 3, "column", 5,
		"kind", "warning", "message", "unused", "option",
		"-Wunused-variable", "file", "bq.c", "line", 9, "column", 1,
		"kind", "note", "message", "here");
	json_auto_t *json = parsed("sarif", view);
	json_t *result = first_result(json);

	(void)state;
	assert_int_equal(
		json_array_size(json_object_get(first_run(json), "results")),
		1);
	assert_string_equal(format_string(result, "ruleId"),
			    "compiler/-Wunused-variable");
	assert_string_equal(format_string(result, "level"), "warning");
	assert_int_equal(
		json_array_size(json_object_get(result, "relatedLocations")),
		1);
}

#define WITH_FIXTURE(test) \
	cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_format__finds_each_by_its_name),
		cmocka_unit_test(test_format__renders_what_is_no_report),
		WITH_FIXTURE(test_junit__counts_and_tells_failures),
		WITH_FIXTURE(test_junit__calls_a_fault_of_the_host_an_error),
		WITH_FIXTURE(test_junit__holds_hostile_words),
		WITH_FIXTURE(test_ctrf__counts_each_test_once),
		WITH_FIXTURE(test_ctrf__says_when_in_milliseconds),
		WITH_FIXTURE(test_gradescope__shows_students_only_public_tests),
		WITH_FIXTURE(test_tap__keeps_hostile_words_in_their_place),
		WITH_FIXTURE(test_csv__makes_no_formulas),
		WITH_FIXTURE(
			test_format__a_rejected_submission_is_a_failed_test),
		cmocka_unit_test(test_sarif__tells_a_deadlock_as_threads),
		cmocka_unit_test(test_sarif__tells_a_schedule_step_by_step),
		cmocka_unit_test(
			test_sarif__names_no_file_outside_the_submission),
		cmocka_unit_test(test_sarif__a_note_belongs_to_its_warning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
