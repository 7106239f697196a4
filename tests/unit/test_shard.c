#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "shard.h"

static void test_shard__is_k_of_n_in_digits(void **state)
{
	static const char *const bad[] = {
		"",     "1",    "/",           "1/",
		"/2",   "0/2",  "3/2",         "1/0",
		"-1/2", "1/2x", "a/2",         "1/2/3",
		" 1/2", "1/ 2", "1/999999999", "123456789/999999999"
	};
	struct shard shard = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(shard_parse(bad[i], &shard));
	assert_int_equal(shard.of, 0);
	assert_true(shard_parse("2/8", &shard));
	assert_int_equal(shard.part, 2);
	assert_int_equal(shard.of, 8);
	assert_true(shard_parse("1/1", &shard));
	assert_true(shard_parse("100000/100000", &shard));
}

static void fill(struct plan *plan, size_t count)
{
	while (plan->count < count)
		plan_add(plan, "queue");
	plan_name(plan);
}

/* Of any number, every submission is in exactly one part, by one name. */
static void test_shard__parts_make_up_the_whole(void **state)
{
	size_t total, of, part, sum;

	(void)state;
	for (total = 0; total < 12; total++) {
		for (of = 1; of < 6; of++) {
			for (sum = 0, part = 1; part <= of; part++) {
				struct shard shard = { part, of };
				struct plan plan = { 0 };

				fill(&plan, total);
				shard_select(&shard, &plan);
				assert_int_equal(plan.count,
						 shard_count(&shard, total));
				sum += plan.count;
				plan_release(&plan);
			}
			assert_int_equal(sum, total);
		}
	}
}

static void test_shard__names_are_those_of_the_whole(void **state)
{
	struct shard shard = { 2, 3 };
	struct plan plan = { 0 };

	(void)state;
	fill(&plan, 6);
	shard_select(&shard, &plan);
	assert_int_equal(plan.count, 2);
	assert_string_equal(plan_id(&plan, 0), "queue-2");
	assert_string_equal(plan_id(&plan, 1), "queue-5");
	plan_release(&plan);
}

static void test_shard__of_none_is_all(void **state)
{
	struct shard all = { 0 };
	struct plan plan = { 0 };

	(void)state;
	fill(&plan, 3);
	shard_select(&all, &plan);
	assert_int_equal(plan.count, 3);
	assert_int_equal(shard_count(&all, 3), 3);
	plan_release(&plan);
}

static void test_shard__lists_are_told_apart(void **state)
{
	struct plan one = { 0 }, other = { 0 };
	char first[65], second[65];

	(void)state;
	plan_add(&one, "inbox/a.zip");
	plan_add(&one, "inbox/b.zip");
	plan_add(&other, "elsewhere/a.zip");
	plan_add(&other, "elsewhere/b.zip");
	plan_name(&one);
	plan_name(&other);
	plan_digest(&one, first);
	plan_digest(&other, second);
	assert_string_equal(first, second);
	plan_add(&other, "c.zip");
	plan_name(&other);
	plan_digest(&other, second);
	assert_string_not_equal(first, second);
	plan_release(&one);
	plan_release(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shard__is_k_of_n_in_digits),
		cmocka_unit_test(test_shard__parts_make_up_the_whole),
		cmocka_unit_test(test_shard__names_are_those_of_the_whole),
		cmocka_unit_test(test_shard__of_none_is_all),
		cmocka_unit_test(test_shard__lists_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
