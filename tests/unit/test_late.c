/* Which run that ended for time is done again alone, and how often. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <assay/cleanup.h>

#include "late.h"
#include "text.h"

#define S 1000000u

static enum noise_finding find(struct noise noise)
{
	return noise_find(&noise);
}

static void
test_noise__who_computed_on_a_cpu_of_its_own_was_not_held_up(void **state)
{
	struct noise spin = { .company = true,
			      .cpus = 2,
			      .wall_us = 2 * S,
			      .cpu_us = 2 * S - S / 20,
			      .waited_us = S / 20,
			      .others_us = 2 * S };

	(void)state;
	assert_int_equal(noise_find(&spin), NOISE_SPUN);
	assert_false(noise_excuses(NOISE_SPUN));
	spin.cpu_us = S; /* it had half of one */
	spin.waited_us = S;
	assert_int_equal(noise_find(&spin), NOISE_COMPANY);
	assert_true(noise_excuses(NOISE_COMPANY));
}

static void
test_noise__threads_that_wait_for_each_other_lose_nothing(void **state)
{
	struct noise crowd = { .company = true,
			       .cpus = 2,
			       .wall_us = S,
			       .cpu_us = 2 * S,
			       .waited_us = 6 * S };

	(void)state;
	assert_int_equal(noise_find(&crowd), NOISE_SPUN);
	crowd.cpus = 4; /* and had two of four */
	assert_int_equal(noise_find(&crowd), NOISE_COMPANY);
}

static void test_noise__who_slept_is_excused_by_company_alone(void **state)
{
	(void)state;
	assert_int_equal(find((struct noise){
				 .company = true, .cpus = 2, .wall_us = S }),
			 NOISE_COMPANY);
	assert_int_equal(find((struct noise){ .cpus = 2,
					      .wall_us = S,
					      .others_us = S / 50 }),
			 NOISE_QUIET);
	assert_false(noise_excuses(NOISE_QUIET));
	assert_int_equal(find((struct noise){
				 .cpus = 2, .wall_us = S, .others_us = S / 2 }),
			 NOISE_MACHINE);
}

static void test_noise__what_is_not_known_counts_for_the_run(void **state)
{
	(void)state;
	assert_int_equal(find((struct noise){ .cpus = 1,
					      .wall_us = S,
					      .cpu_us = S,
					      .waited_us = NOISE_UNKNOWN,
					      .others_us = NOISE_UNKNOWN }),
			 NOISE_MACHINE);
	assert_true(noise_excuses(NOISE_MACHINE));
}

static bool add(struct late_runs *list, struct late_budget *budget)
{
	const struct late_run late = {
		.verdict = VERDICT_WALL_LIMIT,
		.message = text_format("slow"),
		.noise = { .company = true, .cpus = 1, .wall_us = S },
	};

	return late_runs_add(list, &late, budget);
}

static void
test_late__who_is_late_alone_twice_is_not_believed_again(void **state)
{
	struct late_runs list = { 0 };
	struct late_budget budget = { 0 };
	unsigned i;

	(void)state;
	for (i = 0; i < LATE_LOST_MAX; i++) {
		assert_true(add(&list, &budget));
		late_runs_settle(&list, VERDICT_WALL_LIMIT, true, &budget);
	}
	assert_false(add(&list, &budget));
	assert_true(list.runs[LATE_LOST_MAX].spent);
	assert_false(list.runs[LATE_LOST_MAX].again);
	late_runs_release(&list);
}

static void test_late__nobody_is_alone_for_ever(void **state)
{
	struct late_runs list = { 0 };
	struct late_budget budget = { 0 };
	unsigned i;

	(void)state;
	for (i = 0; i < LATE_ALONE_MAX; i++) {
		assert_true(add(&list, &budget));
		late_runs_settle(&list, VERDICT_PASS, false, &budget);
	}
	assert_int_equal(list.runs[0].alone, VERDICT_PASS);
	assert_false(add(&list, &budget));
	late_runs_release(&list);
}

static void test_late__who_cannot_have_been_held_up_gets_no_other(void **state)
{
	struct late_runs list = { 0 };
	struct late_budget budget = { 0 };
	const struct late_run late = {
		.verdict = VERDICT_CPU_LIMIT,
		.noise = { .company = true,
			   .cpus = 1,
			   .wall_us = S,
			   .cpu_us = S },
	};

	(void)state;
	assert_false(late_runs_add(&list, &late, &budget));
	assert_false(list.runs[0].spent);
	assert_int_equal(budget.alone, 0);
	late_runs_release(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_noise__who_computed_on_a_cpu_of_its_own_was_not_held_up),
		cmocka_unit_test(
			test_noise__threads_that_wait_for_each_other_lose_nothing),
		cmocka_unit_test(
			test_noise__who_slept_is_excused_by_company_alone),
		cmocka_unit_test(
			test_noise__what_is_not_known_counts_for_the_run),
		cmocka_unit_test(
			test_late__who_is_late_alone_twice_is_not_believed_again),
		cmocka_unit_test(test_late__nobody_is_alone_for_ever),
		cmocka_unit_test(
			test_late__who_cannot_have_been_held_up_gets_no_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
