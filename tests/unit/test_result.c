#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "result_fixture.h"

static struct score score_of(struct fixture *fixture)
{
	struct score score;

	result_settle(fixture->result);
	result_score(fixture->result, &score);
	return score;
}

static void assert_points(double points, double expected)
{
	assert_true(fabs(points - expected) < 1e-9);
}

static void
test_result__all_tests_passed_is_a_pass_with_all_points(void **state)
{
	struct fixture *fixture = *state;
	struct score score = score_of(fixture);

	assert_int_equal(fixture->result->verdict, VERDICT_PASS);
	assert_points(score.points, 100);
	assert_points(score.maximum, 100);
	assert_points(score.verdict_points, 60);
	assert_points(score.measured_points, 40);
	assert_points(score.undecided, 0);
}

static void
test_result__partial_scores_earn_their_part_to_a_thousandth(void **state)
{
	struct fixture *fixture = *state;

	fixture->result->tests[FIXTURE_SEQUENTIAL].run.score = 1.0 / 3;
	assert_points(score_of(fixture).verdict_points, 53.333);
}

static void
test_result__a_failed_test_earns_nothing_whatever_its_score(void **state)
{
	struct fixture *fixture = *state;
	struct score score;

	fixture_end(fixture, FIXTURE_TWO_PRODUCERS, VERDICT_CRASH);
	fixture->result->tests[FIXTURE_TWO_PRODUCERS].run.score = 0.9;
	score = score_of(fixture);
	assert_int_equal(fixture->result->verdict, VERDICT_FAIL);
	assert_points(score.points, 70);
}

static void test_result__a_cap_bounds_total_and_verdict_each(void **state)
{
	struct fixture *fixture = *state;
	struct score score;

	fixture_end(fixture, FIXTURE_RACE_FREE, VERDICT_FAIL);
	score = score_of(fixture);
	assert_ptr_equal(fixture->result->cap, &fixture->cap);
	assert_points(score.points, 50);
	assert_points(score.verdict_points, 40);
	fixture->cap.points = 15;
	score = score_of(fixture);
	assert_points(score.points, 15);
	assert_points(score.verdict_points, 15);
}

static void test_result__the_lowest_of_several_caps_applies(void **state)
{
	struct fixture *fixture = *state;
	struct exercise_cap caps[3] = { fixture->cap, fixture->cap,
					fixture->cap };

	caps[1].points = 20;
	caps[2].points = 1;
	caps[2].when[VERDICT_FAIL] = false;
	fixture->exercise.caps = caps;
	fixture->exercise.cap_count = 3;
	fixture_end(fixture, FIXTURE_RACE_FREE, VERDICT_FAIL);
	assert_points(score_of(fixture).points, 20);
	assert_ptr_equal(fixture->result->cap, &caps[1]);
}

static void test_result__a_cap_does_not_apply_to_other_verdicts(void **state)
{
	struct fixture *fixture = *state;

	fixture_end(fixture, FIXTURE_RACE_FREE, VERDICT_WALL_LIMIT);
	assert_points(score_of(fixture).points, 80);
	assert_null(fixture->result->cap);
}

static void test_result__a_measured_test_caps_only_the_total(void **state)
{
	struct fixture *fixture = *state;
	struct score score;

	fixture->cap_tests[0] = fixture_text("throughput");
	fixture_end(fixture, FIXTURE_THROUGHPUT, VERDICT_FAIL);
	score = score_of(fixture);
	assert_points(score.points, 50);
	assert_points(score.verdict_points, 60);
	assert_null(score.verdict_cap);
	assert_int_equal(score.verdict, VERDICT_PASS);
	assert_int_equal(fixture->result->verdict, VERDICT_FAIL);
}

static void
test_result__an_inconclusive_test_is_undecided_and_charged_to_nobody(
	void **state)
{
	struct fixture *fixture = *state;
	struct score score;

	fixture_end(fixture, FIXTURE_SEQUENTIAL, VERDICT_INCONCLUSIVE);
	score = score_of(fixture);
	assert_int_equal(fixture->result->verdict, VERDICT_INCONCLUSIVE);
	assert_points(score.undecided, 10);
	assert_points(score.points, 90);
}

static void test_result__what_was_skipped_for_an_inconclusive_test_is_undecided(
	void **state)
{
	struct fixture *fixture = *state;
	struct test_result *tests = fixture->result->tests;
	struct score score;

	fixture_end(fixture, FIXTURE_SEQUENTIAL, VERDICT_INCONCLUSIVE);
	fixture_end(fixture, FIXTURE_TWO_PRODUCERS, VERDICT_SKIPPED);
	tests[FIXTURE_TWO_PRODUCERS].skipped_for = "sequential";
	fixture_end(fixture, FIXTURE_RACE_FREE, VERDICT_SKIPPED);
	tests[FIXTURE_RACE_FREE].skipped_for = "two-producers";
	score = score_of(fixture);
	assert_points(score.undecided, 60);
	assert_points(score.points, 40);
}

static void
test_result__what_was_skipped_for_a_failed_test_is_lost(void **state)
{
	struct fixture *fixture = *state;
	struct score score;

	fixture_end(fixture, FIXTURE_SEQUENTIAL, VERDICT_FAIL);
	fixture_end(fixture, FIXTURE_RACE_FREE, VERDICT_SKIPPED);
	fixture->result->tests[FIXTURE_RACE_FREE].skipped_for = "sequential";
	score = score_of(fixture);
	assert_points(score.undecided, 0);
	assert_points(score.points, 70);
}

static void
test_result__a_measured_fault_leaves_the_verdict_decided(void **state)
{
	struct fixture *fixture = *state;
	struct score score;

	fixture_end(fixture, FIXTURE_THROUGHPUT, VERDICT_INCONCLUSIVE);
	score = score_of(fixture);
	assert_int_equal(fixture->result->verdict, VERDICT_INCONCLUSIVE);
	assert_int_equal(score.verdict, VERDICT_PASS);
	assert_points(score.undecided, 40);
}

static void drop_tests(struct fixture *fixture)
{
	free(fixture->result->tests);
	fixture->result->tests = NULL;
	fixture->result->test_count = 0;
}

static void
test_result__a_build_error_stays_and_lays_out_the_tests(void **state)
{
	struct fixture *fixture = *state;
	struct score score;

	drop_tests(fixture);
	fixture->result->verdict = VERDICT_BUILD_ERROR;
	score = score_of(fixture);
	assert_int_equal(fixture->result->verdict, VERDICT_BUILD_ERROR);
	assert_int_equal(fixture->result->test_count, FIXTURE_HIDDEN);
	assert_points(score.points, 0);
	assert_points(score.maximum, 100);
	assert_points(score.undecided, 0);
}

static void
test_result__tests_that_never_ran_are_skipped_not_passed(void **state)
{
	struct fixture *fixture = *state;
	struct result *result = fixture->result;
	size_t i;

	for (i = 0; i < result->test_count; i++) {
		test_run_release(&result->tests[i].run);
		result->tests[i] = (struct test_result){
			.test = &fixture->tests[i],
		};
	}
	result->verdict = VERDICT_BUILD_ERROR;
	assert_points(score_of(fixture).points, 0);
	for (i = 0; i < result->test_count; i++)
		assert_int_equal(result->tests[i].verdict, VERDICT_SKIPPED);
}

static void
test_result__a_build_that_the_host_broke_leaves_all_undecided(void **state)
{
	struct fixture *fixture = *state;
	struct score score;

	drop_tests(fixture);
	fixture->result->with_hidden = true;
	fixture->result->verdict = VERDICT_INCONCLUSIVE;
	score = score_of(fixture);
	assert_int_equal(fixture->result->test_count, FIXTURE_TESTS);
	assert_int_equal(score.verdict, VERDICT_INCONCLUSIVE);
	assert_points(score.undecided, 100);
}

static void test_result__without_an_exercise_there_are_no_points(void **state)
{
	struct fixture *fixture = *state;
	struct score score;

	drop_tests(fixture);
	fixture->result->exercise = NULL;
	fixture->result->verdict = VERDICT_REJECTED;
	score = score_of(fixture);
	assert_int_equal(score.verdict, VERDICT_REJECTED);
	assert_points(score.maximum, 0);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_result__all_tests_passed_is_a_pass_with_all_points),
		TEST(test_result__partial_scores_earn_their_part_to_a_thousandth),
		TEST(test_result__a_failed_test_earns_nothing_whatever_its_score),
		TEST(test_result__a_cap_bounds_total_and_verdict_each),
		TEST(test_result__the_lowest_of_several_caps_applies),
		TEST(test_result__a_cap_does_not_apply_to_other_verdicts),
		TEST(test_result__a_measured_test_caps_only_the_total),
		TEST(test_result__an_inconclusive_test_is_undecided_and_charged_to_nobody),
		TEST(test_result__what_was_skipped_for_an_inconclusive_test_is_undecided),
		TEST(test_result__what_was_skipped_for_a_failed_test_is_lost),
		TEST(test_result__a_measured_fault_leaves_the_verdict_decided),
		TEST(test_result__a_build_error_stays_and_lays_out_the_tests),
		TEST(test_result__a_build_that_the_host_broke_leaves_all_undecided),
		TEST(test_result__tests_that_never_ran_are_skipped_not_passed),
		TEST(test_result__without_an_exercise_there_are_no_points),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
