/* Where a verdict is a judge's and where the clock's, when a program hangs. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "decide.h"
#include "result_fixture.h"
#include "threads_fixture.h"

struct case_of {
	struct exercise_test test;
	struct decide_input input;
	struct test_run run;
};

/* A judge that failed a program which it then had to have killed. */
static int setup(void **state)
{
	struct case_of *it = calloc(1, sizeof *it);

	assert_non_null(it);
	it->test.property = fixture_text("What is put is got.");
	it->test.variant = fixture_text("release");
	it->input = (struct decide_input){
		.test = &it->test,
		.candidate_ran = true,
		.judge_first = true,
		.candidate = { .outcome = BOX_KILLED },
		.judge = { .outcome = BOX_EXITED },
		.verdict = json_pack("{s:s, s:f, s:s, s:s, s:b}", "status",
				     "fail", "score", 0.0, "property", "p",
				     "message", "every thread sleeps", "stuck",
				     1),
		.asleep_for_good = true,
		.output_fd = memfd_create("output", MFD_CLOEXEC),
		.judge_log_fd = memfd_create("log", MFD_CLOEXEC),
	};
	*state = it;
	return 0;
}

static int teardown(void **state)
{
	struct case_of *it = *state;

	json_decref(it->input.verdict);
	(void)close(it->input.output_fd);
	(void)close(it->input.judge_log_fd);
	decide_input_release(&it->input);
	test_run_release(&it->run);
	free(it);
	return 0;
}

static void look(struct boxthreads *ret)
{
	ret->list = threads_told(threads_abba());
	ret->note = strdup("noted");
}

static void assert_verdict(struct case_of *it, enum verdict verdict)
{
	decide(&it->input, &it->run);
	assert_string_equal(verdict_name(it->run.verdict),
			    verdict_name(verdict));
}

static void test_decide__a_hang_for_good_is_a_deadlock(void **state)
{
	struct case_of *it = *state;

	look(&it->input.threads);
	assert_verdict(it, VERDICT_DEADLOCK);
	assert_string_equal(it->run.message, "every thread sleeps");
	assert_string_equal(it->run.property, "p");
	assert_int_equal(json_array_size(it->run.threads), 3);
	assert_string_equal(it->run.threads_note, "noted");
	assert_true(it->run.score == 0);
}

static void test_decide__a_hang_that_may_end_is_a_fail(void **state)
{
	struct case_of *it = *state;

	look(&it->input.threads);
	it->input.asleep_for_good = false;
	assert_verdict(it, VERDICT_FAIL);
	assert_int_equal(json_array_size(it->run.threads), 3);
}

static void test_decide__a_fail_for_something_else_stays_one(void **state)
{
	struct case_of *it = *state;

	assert_int_equal(json_object_del(it->input.verdict, "stuck"), 0);
	assert_verdict(it, VERDICT_FAIL);
	assert_null(it->run.threads);
}

static void test_decide__who_ended_after_all_was_not_stuck(void **state)
{
	struct case_of *it = *state;

	it->input.judge_first = false;
	it->input.candidate.outcome = BOX_EXITED;
	assert_verdict(it, VERDICT_FAIL);
}

static void test_decide__a_limit_that_came_first_outranks_it(void **state)
{
	struct case_of *it = *state;

	it->input.judge_first = false;
	it->input.candidate.outcome = BOX_WALL_LIMIT;
	look(&it->input.threads);
	assert_verdict(it, VERDICT_WALL_LIMIT);
	assert_int_equal(json_array_size(it->run.threads), 3);
}

static void test_decide__a_fail_for_time_is_late(void **state)
{
	struct case_of *it = *state;

	assert_int_equal(json_object_del(it->input.verdict, "stuck"), 0);
	assert_verdict(it, VERDICT_FAIL);
	assert_false(it->run.late);
	test_run_release(&it->run);
	assert_int_equal(
		json_object_set_new(it->input.verdict, "late", json_true()), 0);
	assert_verdict(it, VERDICT_FAIL);
	assert_true(it->run.late);
}

static void test_decide__limits_of_time_are_late_and_hangs_are_not(void **state)
{
	static const struct {
		uint32_t outcome;
		bool late;
	} ends[] = {
		{ BOX_WALL_LIMIT, true }, { BOX_CPU_LIMIT, true },
		{ BOX_DEADLOCK, false },  { BOX_MEMORY_LIMIT, false },
		{ BOX_SIGNALED, false },
	};
	struct case_of *it = *state;
	size_t i;

	it->input.judge_first = false;
	for (i = 0; i < sizeof ends / sizeof *ends; i++) {
		it->input.candidate.outcome = ends[i].outcome;
		decide(&it->input, &it->run);
		assert_int_equal(it->run.late, ends[i].late);
		test_run_release(&it->run);
	}
}

/* Nobody said anything: the threads speak. */
/* Killed by the program it is another matter. */
static void test_decide__a_keeper_that_gave_up_is_no_crash(void **state)
{
	struct case_of *it = *state;

	it->input.kept = true;
	it->input.judge_first = false;
	it->input.candidate.outcome = BOX_SIGNALED;
	it->input.candidate.signal = SIGKILL;
	assert_verdict(it, VERDICT_CRASH);
	test_run_release(&it->run);
	memset(&it->run, 0, sizeof it->run);
	it->input.candidate.outcome = BOX_EXITED;
	it->input.candidate.exit_status = 2;
	assert_verdict(it, VERDICT_INCONCLUSIVE);
	assert_non_null(it->run.fault);
}

static void set_crashed(struct case_of *it)
{
	json_decref(it->input.verdict);
	it->input.verdict = json_pack("{s:s, s:f, s:s, s:b}", "status", "fail",
				      "score", 0.0, "message", "it ended",
				      "crashed", 1);
	it->input.threads.list = json_pack("[{s:b}]", "crashed", 1);
}

static void test_decide__a_dialogue_crashes_by_its_judges_word(void **state)
{
	struct case_of *it = *state;

	it->input.kept = true;
	set_crashed(it);
	assert_verdict(it, VERDICT_CRASH);
	assert_string_equal(it->run.message, "it ended");
	assert_int_equal(json_array_size(it->run.threads), 1);
}

/* What a driver runs in crashes for all to see. */
static void test_decide__nothing_else_does(void **state)
{
	struct case_of *it = *state;

	set_crashed(it);
	assert_verdict(it, VERDICT_FAIL);
}

/* Played again it failed otherwise, and that is what is told. */
static void test_decide__a_crash_of_another_time_is_not_shown(void **state)
{
	struct case_of *it = *state;

	it->input.kept = true;
	set_crashed(it);
	assert_int_equal(json_object_del(it->input.verdict, "crashed"), 0);
	assert_verdict(it, VERDICT_FAIL);
	assert_null(it->run.threads);
}

static void test_decide__a_box_tells_of_a_deadlock_itself(void **state)
{
	struct case_of *it = *state;

	it->input.judge_first = false;
	it->input.candidate.outcome = BOX_DEADLOCK;
	assert_int_equal(json_object_del(it->input.verdict, "message"), 0);
	look(&it->input.threads);
	assert_verdict(it, VERDICT_DEADLOCK);
	assert_memory_equal(it->run.message,
			    "thread 2 and thread 3 wait for each other: ", 43);
}

static void test_decide__a_pass_shows_no_threads(void **state)
{
	struct case_of *it = *state;

	json_decref(it->input.verdict);
	it->input.verdict = json_pack("{s:s, s:f}", "status", "pass", "score",
				      1.0);
	it->input.candidate.outcome = BOX_EXITED;
	look(&it->input.threads);
	assert_verdict(it, VERDICT_PASS);
	assert_null(it->run.threads);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_decide__a_hang_for_good_is_a_deadlock),
		TEST(test_decide__a_hang_that_may_end_is_a_fail),
		TEST(test_decide__a_fail_for_something_else_stays_one),
		TEST(test_decide__who_ended_after_all_was_not_stuck),
		TEST(test_decide__a_limit_that_came_first_outranks_it),
		TEST(test_decide__a_fail_for_time_is_late),
		TEST(test_decide__limits_of_time_are_late_and_hangs_are_not),
		TEST(test_decide__a_keeper_that_gave_up_is_no_crash),
		TEST(test_decide__a_dialogue_crashes_by_its_judges_word),
		TEST(test_decide__nothing_else_does),
		TEST(test_decide__a_crash_of_another_time_is_not_shown),
		TEST(test_decide__a_box_tells_of_a_deadlock_itself),
		TEST(test_decide__a_pass_shows_no_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
