#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "report_view.h"
#include "result_fixture.h"

#define CANARY "xyzzy-canary"
#define HIDDEN FIXTURE_TWO_PRODUCERS /* made so */

/* Puts the canary into every text of @value and into a key of every object. */
static void hide_canaries(json_t *value)
{
	const char *key;
	json_t *part;
	size_t i;

	json_object_foreach (value, key, part) {
		if (strcmp(key, "visibility") == 0)
			continue;
		if (json_is_string(part))
			json_string_set(part, CANARY);
		hide_canaries(part);
	}
	json_array_foreach (value, i, part) {
		if (json_is_string(part))
			json_string_set(part, CANARY);
		hide_canaries(part);
	}
	if (json_is_object(value))
		json_object_set_new(value, CANARY, json_string(CANARY));
}

static bool tells(const json_t *view, const char *word)
{
	AUTO_FREE char *text = json_dumps(view, JSON_ENCODE_ANY);

	assert_non_null(text);
	return strstr(text, word) != NULL;
}

static json_t *test_at(json_t *report, size_t index)
{
	return json_array_get(json_object_get(report, "tests"), index);
}

/* A report with a failed hidden test that is full of canaries. */
static json_t *report_with_canaries(struct fixture *fixture)
{
	json_t *report, *hidden;

	fixture->tests[HIDDEN].visibility = VISIBILITY_HIDDEN;
	fixture_end(fixture, HIDDEN, VERDICT_CRASH);
	report = fixture_report(fixture);
	hidden = test_at(report, HIDDEN);
	assert_string_equal(
		json_string_value(json_object_get(hidden, "visibility")),
		"hidden");
	json_object_set_new(hidden, "maximum", json_integer(7));
	json_object_set_new(hidden, "points", json_real(2.5));
	json_object_set_new(hidden, "seed", json_integer(123454321));
	json_object_set_new(
		hidden, "traces",
		json_pack("[{ss, s[s]}]", "title", "t", "lines", "line"));
	hide_canaries(hidden);
	hide_canaries(json_object_get(report, "verdict"));
	hide_canaries(json_object_get(report, "rubric"));
	hide_canaries(json_object_get(json_object_get(report, "score"),
				      "categories"));
	return report;
}

static void test_candidate__sees_only_the_points_of_hidden_tests(void **state)
{
	struct fixture *fixture = *state;
	json_auto_t *report = report_with_canaries(fixture);
	json_auto_t *view = report_view(report, AUDIENCE_CANDIDATE);
	json_auto_t *hidden = json_pack("{s:f, s:i}", "points", 2.5, "maximum",
					7);

	assert_true(tells(report, CANARY));
	assert_false(tells(view, CANARY));
	assert_false(tells(view, "123454321"));
	assert_null(json_object_get(view, "verdict_digest"));
	assert_int_equal(json_array_size(json_object_get(view, "tests")),
			 fixture->result->test_count - 1);
	assert_true(json_equal(json_object_get(view, "hidden"), hidden));
}

static void test_candidate__sees_no_key_that_nobody_thought_of(void **state)
{
	struct fixture *fixture = *state;
	json_auto_t *report = fixture_report(fixture);
	json_auto_t *view = NULL;
	const char *key;
	json_t *part;

	json_object_set_new(test_at(report, 0), CANARY, json_true());
	json_object_foreach (report, key, part)
		if (json_is_object(part))
			json_object_set_new(part, CANARY, json_true());
	json_object_set_new(report, CANARY, json_true());
	view = report_view(report, AUDIENCE_CANDIDATE);
	assert_false(tells(view, CANARY));
}

static void test_candidate__sees_what_happened_in_public_tests(void **state)
{
	struct fixture *fixture = *state;
	json_auto_t *report = NULL, *view = NULL;
	json_t *test;

	fixture_end(fixture, FIXTURE_TWO_PRODUCERS, VERDICT_WALL_LIMIT);
	report = fixture_report(fixture);
	view = report_view(report, AUDIENCE_CANDIDATE);
	test = test_at(view, FIXTURE_TWO_PRODUCERS);
	assert_string_equal(json_string_value(json_object_get(test, "status")),
			    "wall-limit");
	assert_true(json_is_number(
		json_object_get(json_object_get(test, "evidence"), "limit")));
	assert_true(json_is_string(json_object_get(test, "replay")));
}

static void test_candidate__is_not_told_for_which_hidden_test(void **state)
{
	struct fixture *fixture = *state;
	json_auto_t *report = NULL, *view = NULL;
	json_t *test;

	report = fixture_report(fixture);
	test = test_at(report, FIXTURE_RACE_FREE);
	json_object_set_new(test, "status", json_string("skipped"));
	json_object_set_new(test, "skipped_for", json_string(CANARY));
	json_object_set_new(test, "evidence",
			    json_pack("{ss, ss}", "mechanism", "dependency",
				      "detail", "test " CANARY " failed"));
	view = report_view(report, AUDIENCE_CANDIDATE);
	assert_false(tells(view, CANARY));
	assert_true(tells(view, "a hidden test did not pass"));
}

static void test_candidate__is_not_told_what_ails_the_host(void **state)
{
	struct fixture *fixture = *state;
	json_auto_t *report = NULL, *view = NULL;

	fixture_end(fixture, FIXTURE_SEQUENTIAL, VERDICT_INCONCLUSIVE);
	fixture->result->tests[0].run.fault = strdup(CANARY);
	report = fixture_report(fixture);
	view = report_view(report, AUDIENCE_CANDIDATE);
	assert_true(tells(report, CANARY));
	assert_false(tells(view, CANARY));
	assert_false(tells(view, "mount proc"));
	assert_false(tells(view, "kernel"));
}

static void test_team__sees_hidden_tests_but_not_how_to_repeat(void **state)
{
	json_auto_t *report = report_with_canaries(*state);
	json_auto_t *view = NULL;
	json_t *test;

	view = report_view(report, AUDIENCE_TEAM);
	test = test_at(view, HIDDEN);
	assert_true(tells(test, CANARY));
	assert_false(tells(view, "123454321"));
	assert_true(json_is_null(json_object_get(test, "replay")));
	assert_true(json_is_integer(json_object_get(test_at(view, 0), "seed")));
}

static void test_grader__sees_all(void **state)
{
	json_auto_t *report = report_with_canaries(*state);
	json_auto_t *view = report_view(report, AUDIENCE_GRADER);

	assert_true(json_equal(report, view));
	assert_ptr_not_equal(report, view);
}

static void test_view__of_what_is_no_report_is_nothing(void **state)
{
	static const char *const texts[] = {
		"null",
		"7",
		"[]",
		"{}",
		"{\"tests\": 7, \"build\": {}, \"score\": []}",
		("{\"tests\": [1, null, {}, {\"visibility\": \"public\"}, "
		 "{\"visibility\": 3, \"points\": \"x\"}], \"build\": [3]}"),
		"{\"environment\": [], \"submission\": \"x\"}",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof texts / sizeof *texts; i++) {
		json_auto_t *report = json_loads(texts[i], JSON_DECODE_ANY,
						 NULL);
		enum audience audience;

		for (audience = AUDIENCE_CANDIDATE; audience <= AUDIENCE_TEAM;
		     audience++) {
			json_auto_t *view = report_view(report, audience);

			assert_non_null(view);
		}
	}
}

static void test_audience__has_a_name(void **state)
{
	enum audience audience = AUDIENCE_GRADER;

	(void)state;
	assert_true(audience_parse("candidate", &audience));
	assert_int_equal(audience, AUDIENCE_CANDIDATE);
	assert_string_equal(audience_name(AUDIENCE_TEAM), "team");
	assert_false(audience_parse("Candidate", &audience));
	assert_int_equal(audience, AUDIENCE_CANDIDATE);
}

#define WITH_FIXTURE(test) \
	cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FIXTURE(
			test_candidate__sees_only_the_points_of_hidden_tests),
		WITH_FIXTURE(
			test_candidate__sees_no_key_that_nobody_thought_of),
		WITH_FIXTURE(
			test_candidate__sees_what_happened_in_public_tests),
		WITH_FIXTURE(test_candidate__is_not_told_for_which_hidden_test),
		WITH_FIXTURE(test_candidate__is_not_told_what_ails_the_host),
		WITH_FIXTURE(
			test_team__sees_hidden_tests_but_not_how_to_repeat),
		WITH_FIXTURE(test_grader__sees_all),
		cmocka_unit_test(test_view__of_what_is_no_report_is_nothing),
		cmocka_unit_test(test_audience__has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
