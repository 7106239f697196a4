/*
 * What shrink() leaves fails, in its order, and nothing of it can go; and it
 * asks no more often than it may.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "grow.h"
#include "shrink.h"

#define ITEMS_MAX 2000

/* Fails when all of these are there. */
struct culprits {
	const size_t *items;
	size_t count;
	unsigned calls;
	size_t last[ITEMS_MAX]; /* that failed */
	size_t last_count;
};

static bool has(const size_t *items, size_t count, size_t item)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (items[i] == item)
			return true;
	return false;
}

static bool fails(void *data, const size_t *items, size_t count)
{
	struct culprits *culprits = data;
	size_t i;

	culprits->calls++;
	for (i = 1; i < count; i++)
		assert_true(items[i - 1] < items[i]);
	for (i = 0; i < culprits->count; i++)
		if (!has(items, count, culprits->items[i]))
			return false;
	memcpy(culprits->last, items, count * sizeof *items);
	culprits->last_count = count;
	return true;
}

static size_t shrink_to(struct culprits *culprits, size_t count, size_t *items,
			unsigned calls_max)
{
	const struct shrink how = {
		.fails = fails,
		.data = culprits,
		.calls_max = calls_max,
	};
	size_t i;

	for (i = 0; i < count; i++)
		items[i] = i;
	return shrink(&how, items, count);
}

static void finds(const size_t *expected, size_t expected_count, size_t count,
		  unsigned calls_max)
{
	struct culprits culprits = { .items = expected,
				     .count = expected_count };
	size_t items[ITEMS_MAX], left;

	left = shrink_to(&culprits, count, items, calls_max);
	assert_int_equal(left, expected_count);
	assert_memory_equal(items, expected, expected_count * sizeof *items);
	assert_true(culprits.calls <= calls_max);
}

static void test_shrink__finds_what_it_takes(void **state)
{
	(void)state;
	finds((size_t[]){ 0 }, 1, 1, 10);
	finds((size_t[]){ 0 }, 1, 1000, 60);
	finds((size_t[]){ 999 }, 1, 1000, 60);
	finds((size_t[]){ 500 }, 1, 1000, 60);
	finds((size_t[]){ 3, 997 }, 2, 1000, 100);
	finds((size_t[]){ 1, 500, 501, 998 }, 4, 1000, 150);
	finds((size_t[]){ 0, 1, 2 }, 3, 3, 20);
}

static void test_shrink__finds_that_nothing_is_needed(void **state)
{
	(void)state;
	finds(NULL, 0, 1000, 60);
	finds(NULL, 0, 0, 60);
}

/* What there is then is what failed last. */
static void test_shrink__stops_when_it_may_not_ask(void **state)
{
	static const size_t two[] = { 100, 1900 };
	size_t items[ITEMS_MAX], left;
	unsigned most;

	(void)state;
	for (most = 0; most < 60; most++) {
		struct culprits culprits = { .items = two, .count = 2 };

		left = shrink_to(&culprits, ITEMS_MAX, items, most);
		assert_true(culprits.calls <= most);
		assert_true(has(items, left, 100) && has(items, left, 1900));
		if (culprits.last_count == 0) {
			assert_int_equal(left, ITEMS_MAX);
			continue;
		}
		assert_int_equal(left, culprits.last_count);
		assert_memory_equal(items, culprits.last, left * sizeof *items);
	}
}

static void test_grow__keeps_what_is_there(void **state)
{
	size_t *numbers = NULL, count = 0, room = 0, i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		GROW(numbers, count, room);
		assert_true(count < room);
		numbers[count++] = i;
	}
	for (i = 0; i < count; i++)
		assert_int_equal(numbers[i], i);
	free(numbers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shrink__finds_what_it_takes),
		cmocka_unit_test(test_shrink__finds_that_nothing_is_needed),
		cmocka_unit_test(test_shrink__stops_when_it_may_not_ask),
		cmocka_unit_test(test_grow__keeps_what_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
