/* Whether an order of the calls explains what they returned. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "linear.h"
#include "linear_set.h"
#include "random.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- a cell: write(value), read() -> value, add(n) -> value before ---- */

enum { WRITE = 1, READ, ADD };

struct cell {
	uint64_t value;
};

static bool cell_apply(const void *context, void *state,
		       const struct history_call *call)
{
	struct cell *cell = state;
	uint64_t before = cell->value;

	(void)context;
	if (call->kind == WRITE) {
		cell->value = call->argument;
		return true;
	}
	if (call->kind == ADD)
		cell->value += call->argument;
	return call->pending || call->value == before;
}

static enum linear_leave cell_leave(const void *context,
				    const struct history_call *call,
				    uint64_t *ret_group)
{
	(void)context;
	if (call->kind == ADD)
		return LINEAR_STAYS;
	*ret_group = call->kind == WRITE ? call->argument : call->value;
	if (call->kind == WRITE)
		return LINEAR_TOGETHER;
	return call->pending ? LINEAR_ALONE : LINEAR_EITHER;
}

static const struct linear_model cell_model = {
	.state_bytes = sizeof(struct cell),
	.apply = cell_apply,
	.leave = cell_leave,
};

static const struct linear_model cells_model = {
	.state_bytes = sizeof(struct cell),
	.by_object = true,
	.apply = cell_apply,
	.leave = cell_leave,
};

#define SPAN(t, from, until) \
	.thread = (t), .invoked_ns = (from), .completed_ns = (until)
#define WROTE(t, v, from, until)                                     \
	{                                                            \
		.kind = WRITE, .argument = (v), SPAN(t, from, until) \
	}
#define SAW(t, v, from, until)                                   \
	{                                                        \
		.kind = READ, .value = (v), SPAN(t, from, until) \
	}
#define ADDED(t, n, v, from, until)                         \
	{                                                   \
		.kind = ADD, .argument = (n), .value = (v), \
		SPAN(t, from, until)                        \
	}
#define WRITES(t, v, from)                                       \
	{                                                        \
		.kind = WRITE, .argument = (v), .pending = true, \
		SPAN(t, from, UINT64_MAX)                        \
	}

static enum linear_answer answer(const struct history_call *calls, size_t count,
				 struct linear_reach *ret)
{
	size_t configurations = LINEAR_CONFIGURATIONS;

	return linear_check(&cell_model, calls, count, &configurations, ret);
}

#define assert_explained(calls) \
	assert_int_equal(answer(calls, COUNT(calls), NULL), LINEAR_EXPLAINED)
#define assert_inexplicable(calls) \
	assert_int_equal(answer(calls, COUNT(calls), NULL), LINEAR_INEXPLICABLE)

static void test_linear__explains_calls_one_by_one(void **state)
{
	const struct history_call calls[] = {
		SAW(0, 0, 1, 2),      WROTE(0, 5, 3, 4), SAW(1, 5, 5, 6),
		ADDED(1, 2, 5, 7, 8), SAW(0, 7, 9, 10),
	};

	(void)state;
	assert_explained(calls);
	assert_int_equal(answer(calls, 0, NULL), LINEAR_EXPLAINED);
}

static void test_linear__refuses_a_read_of_what_was_overwritten(void **state)
{
	const struct history_call calls[] = {
		WROTE(0, 1, 1, 2),
		WROTE(0, 2, 3, 4),
		SAW(1, 1, 5, 6),
	};

	(void)state;
	assert_inexplicable(calls);
}

static void test_linear__lets_calls_overlap(void **state)
{
	/* The reads overlap the write: one may be before it, one after. */
	const struct history_call before_after[] = {
		WROTE(0, 1, 1, 10),
		SAW(1, 0, 2, 3),
		SAW(1, 1, 4, 5),
	};
	/* But not the other way round, in whichever threads. */
	const struct history_call after_before[] = {
		WROTE(0, 1, 1, 10),
		SAW(1, 1, 2, 3),
		SAW(2, 0, 4, 5),
	};
	/* A call that ends when another begins overlaps it. */
	const struct history_call touching[] = {
		WROTE(0, 1, 1, 4),
		SAW(1, 1, 2, 3),
		SAW(2, 0, 3, 5),
	};

	(void)state;
	assert_explained(before_after);
	assert_inexplicable(after_before);
	assert_explained(touching);
}

static void test_linear__keeps_the_order_of_a_thread(void **state)
{
	/* All at one moment, as far as a coarse clock can tell. */
	const struct history_call calls[] = {
		WROTE(0, 1, 5, 5),
		WROTE(0, 2, 5, 5),
		SAW(0, 1, 5, 5),
	};
	const struct history_call other[] = {
		SAW(1, 1, 5, 5),
		WROTE(0, 1, 5, 5),
		WROTE(0, 2, 5, 5),
		SAW(1, 2, 5, 5),
	};

	(void)state;
	assert_inexplicable(calls);
	assert_explained(other);
}

static void test_linear__lets_a_pending_call_have_been_or_not(void **state)
{
	const struct history_call effective[] = {
		WRITES(0, 1, 1),
		SAW(1, 0, 2, 3),
		SAW(1, 1, 4, 5),
	};
	const struct history_call never[] = {
		WRITES(0, 1, 1),
		SAW(1, 0, 2, 3),
		SAW(1, 0, 4, 5),
	};
	const struct history_call undone[] = {
		WRITES(0, 1, 1),
		SAW(1, 1, 2, 3),
		SAW(1, 0, 4, 5),
	};
	const struct history_call too_early[] = {
		SAW(1, 1, 2, 3),
		WRITES(0, 1, 4),
	};

	(void)state;
	assert_explained(effective);
	assert_explained(never);
	assert_inexplicable(undone);
	assert_inexplicable(too_early);
}

static void test_linear__tells_how_far_an_explanation_reaches(void **state)
{
	const struct history_call calls[] = {
		WROTE(0, 1, 1, 2),   SAW(1, 1, 3, 4),  WROTE(0, 2, 5, 9),
		SAW(1, 2, 6, 7),     SAW(1, 1, 8, 20), SAW(2, 2, 10, 11),
		WROTE(0, 3, 12, 13),
	};
	struct linear_reach reach;

	(void)state;
	assert_int_equal(answer(calls, COUNT(calls), &reach),
			 LINEAR_INEXPLICABLE);
	assert_ptr_equal(reach.call, &calls[4]);
	assert_int_equal(reach.explained, 6);
	assert_int_equal(answer(calls, 4, &reach), LINEAR_EXPLAINED);
	assert_null(reach.call);
	assert_int_equal(reach.explained, 4);
}

static void test_linear__begins_with_the_model_s_state(void **state)
{
	const struct cell seven = { 7 };
	const struct history_call calls[] = { SAW(0, 7, 1, 2) };
	struct linear_model model = cell_model;
	size_t configurations = 100;

	(void)state;
	assert_inexplicable(calls);
	model.start = &seven;
	assert_int_equal(linear_check(&model, calls, 1, &configurations, NULL),
			 LINEAR_EXPLAINED);
}

static void test_linear__looks_at_each_object_alone(void **state)
{
	struct history_call calls[] = {
		WROTE(0, 1, 1, 2),
		SAW(1, 0, 3, 4),
		SAW(0, 1, 5, 6),
		SAW(0, 1, 7, 8),
	};
	size_t configurations = 100;
	struct linear_reach reach;

	(void)state;
	assert_inexplicable(calls);
	calls[1].object = 9; /* another cell, that still is 0 */
	assert_int_equal(
		linear_check(&cells_model, calls, 3, &configurations, &reach),
		LINEAR_EXPLAINED);
	calls[3].object = 9;
	assert_int_equal(
		linear_check(&cells_model, calls, 4, &configurations, &reach),
		LINEAR_INEXPLICABLE);
	assert_ptr_equal(reach.call, &calls[3]);
	assert_int_equal(reach.explained, 3);
}

static void test_linear__gives_up_within_its_limits(void **state)
{
	struct history_call calls[LINEAR_THREADS_MAX + 1] = { 0 };
	struct linear_reach reach;
	size_t configurations = 3;
	uint32_t i;

	(void)state;
	for (i = 0; i < COUNT(calls); i++)
		calls[i] = (struct history_call)WROTE(i, i, 1 + i, 1000);
	assert_int_equal(
		linear_check(&cell_model, calls, 10, &configurations, &reach),
		LINEAR_UNDECIDED);
	assert_int_equal(configurations, 0);
	assert_non_null(reach.call);
	assert_int_equal(answer(calls, COUNT(calls), NULL), LINEAR_UNDECIDED);
	assert_int_equal(answer(calls, COUNT(calls) - 1, NULL),
			 LINEAR_EXPLAINED);
}

/* ---- states of which some mean the same ---- */

struct parity {
	uint64_t sum; /* only whether it is odd counts */
};

static bool parity_apply(const void *context, void *state,
			 const struct history_call *call)
{
	struct parity *parity = state;

	(void)context;
	parity->sum += call->argument;
	return call->kind == WRITE || call->value == parity->sum % 2;
}

static uint64_t parity_hash(const void *state)
{
	return ((const struct parity *)state)->sum % 2;
}

static bool parity_equal(const void *left, const void *right)
{
	return parity_hash(left) == parity_hash(right);
}

static void test_linear__merges_states_that_mean_the_same(void **state)
{
	struct linear_model model = { .state_bytes = sizeof(struct parity),
				      .apply = parity_apply };
	struct history_call calls[13] = { 0 };
	size_t spent[2];
	uint32_t i;

	(void)state;
	for (i = 0; i < 12; i++)
		calls[i] = (struct history_call)WRITES(i, 2u << i, 1);
	calls[12] = (struct history_call)SAW(12, 1, 2, 3);
	for (i = 0; i < 2; i++) {
		size_t configurations = LINEAR_CONFIGURATIONS;

		assert_int_equal(
			linear_check(&model, calls, 13, &configurations, NULL),
			LINEAR_INEXPLICABLE);
		spent[i] = LINEAR_CONFIGURATIONS - configurations;
		model.hash = parity_hash;
		model.equal = parity_equal;
	}
	assert_true(spent[1] <= spent[0]);
}

static void test_set__numbers_what_is_put_in_once(void **state)
{
	struct linear_set set = { .member_bytes = 5, .bytes_max = 1 << 20 };
	uint32_t number, round, i;
	char member[16];

	(void)state;
	for (round = 0; round < 2; round++)
		for (i = 0; i < 10000; i++) {
			(void)snprintf(member, sizeof member, "%05u", i);
			assert_int_equal(linear_set_has(&set, member), round);
			assert_int_equal(linear_set_add(&set, member, &number),
					 !round);
			assert_int_equal(number, i);
			assert_memory_equal(linear_set_at(&set, i), member, 5);
		}
	while (linear_set_add(&set, member, &number) == 1)
		(void)snprintf(member, sizeof member, "%05u", ++i);
	assert_int_equal(set.count, 10000);
	linear_set_release(&set);
}

/* ---- what really happened ---- */

#define THREADS 8
#define CALLS 10000
#define CELLS 16

static uint64_t cells[CELLS];
static pthread_barrier_t start_line;

struct worker {
	pthread_t thread;
	uint32_t number;
	uint32_t cells;
	struct history_call *calls;
};

static void *work(void *argument)
{
	struct worker *worker = argument;
	struct random random = random_from(worker->number);
	struct history_call *call;
	uint64_t *cell;
	uint32_t i;

	(void)pthread_barrier_wait(&start_line);
	for (i = 0; i < CALLS; i++) {
		call = &worker->calls[i];
		call->thread = worker->number;
		call->object = random_below(&random, worker->cells);
		call->kind = random_between(&random, WRITE, READ);
		call->argument = (uint64_t)(worker->number + 1) << 32 | i;
		cell = &cells[call->object];
		call->invoked_ns = history_now_ns();
		if (call->kind == WRITE)
			__atomic_store_n(cell, call->argument,
					 __ATOMIC_SEQ_CST);
		else
			call->value = __atomic_load_n(cell, __ATOMIC_SEQ_CST);
		call->completed_ns = history_now_ns();
	}
	return NULL;
}

static int by_invocation(const void *left, const void *right)
{
	const struct history_call *a = left, *b = right;

	if (a->invoked_ns != b->invoked_ns)
		return a->invoked_ns < b->invoked_ns ? -1 : 1;
	if (a->thread == b->thread)
		return (a->argument > b->argument) -
		       (a->argument < b->argument);
	return a->thread < b->thread ? -1 : 1;
}

/* THREADS * CALLS calls of real threads on so many cells. The caller's. */
static struct history_call *happen(uint32_t cells_count)
{
	struct history_call *calls = calloc(THREADS * CALLS, sizeof *calls);
	struct worker workers[THREADS];
	uint32_t i;

	assert_non_null(calls);
	memset(cells, 0, sizeof cells);
	(void)pthread_barrier_init(&start_line, NULL, THREADS);
	for (i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){ .number = i,
					      .cells = cells_count,
					      .calls = calls + i * CALLS };
		assert_int_equal(pthread_create(&workers[i].thread, NULL, work,
						&workers[i]),
				 0);
	}
	for (i = 0; i < THREADS; i++)
		(void)pthread_join(workers[i].thread, NULL);
	(void)pthread_barrier_destroy(&start_line);
	qsort(calls, THREADS * CALLS, sizeof *calls, by_invocation);
	return calls;
}

/* Have a read from calls[at] on return what its cell held long before. */
static struct history_call *plant(struct history_call *calls, size_t at)
{
	struct history_call *read = &calls[at], *old = &calls[at / 4];

	while (read->kind != READ)
		read++;
	while (old->kind != WRITE || old->object != read->object)
		old++;
	read->value = old->argument;
	return read;
}

static void really(const struct linear_model *model, uint32_t cells_count)
{
	AUTO_FREE struct history_call *calls = happen(cells_count);
	size_t count = (size_t)THREADS * CALLS;
	size_t configurations = 2 * LINEAR_CONFIGURATIONS;
	struct history_call planted;
	struct linear_reach reach;

	assert_int_equal(
		linear_check(model, calls, count, &configurations, &reach),
		LINEAR_EXPLAINED);
	assert_int_equal(reach.explained, count);
	planted = *plant(calls, count / 2);
	assert_int_equal(
		linear_check(model, calls, count, &configurations, &reach),
		LINEAR_INEXPLICABLE);
	assert_int_equal(reach.call->completed_ns, planted.completed_ns);
	assert_true(reach.explained > count / 4);
	configurations = 8 * LINEAR_CONFIGURATIONS;
	count = linear_shrink(model, calls, count, &configurations);
	assert_int_equal(count, 3); /* two writes and a read */
	configurations = 1000;
	assert_int_equal(
		linear_check(model, calls, count, &configurations, NULL),
		LINEAR_INEXPLICABLE);
}

static void test_linear__decides_80000_calls_on_one_object(void **state)
{
	(void)state;
	really(&cell_model, 1);
}

static void test_linear__decides_80000_calls_on_many_objects(void **state)
{
	(void)state;
	really(&cells_model, CELLS);
}

/* Every call overlaps seven others, all of which write or read one cell. */
static void test_linear__decides_80000_calls_that_all_overlap(void **state)
{
	size_t count = (size_t)THREADS * CALLS;
	size_t configurations = 4 * LINEAR_CONFIGURATIONS;
	AUTO_FREE struct history_call *calls = calloc(count, sizeof *calls);
	struct random random = random_from(1);
	struct linear_reach reach;
	uint64_t value = 0;
	uint32_t i;

	(void)state;
	assert_non_null(calls);
	for (i = 0; i < count; i++) {
		/* Its moment is at 16 * i. */
		calls[i] = (struct history_call){
			.thread = i % THREADS,
			.kind = random_between(&random, WRITE, READ),
			.argument = i + 1,
			.value = value,
			.invoked_ns = 1000 + 16 * i - 60,
			.completed_ns = 1000 + 16 * i + 60,
		};
		if (calls[i].kind == WRITE)
			value = calls[i].argument;
	}
	assert_int_equal(
		linear_check(&cell_model, calls, count, &configurations, NULL),
		LINEAR_EXPLAINED);
	(void)plant(calls, count / 8);
	assert_int_equal(linear_check(&cell_model, calls, count,
				      &configurations, &reach),
			 LINEAR_INEXPLICABLE);
	assert_true(reach.explained >= count / 8 - THREADS &&
		    reach.explained <= count / 8 + 3 * THREADS);
}

static void test_shrink__leaves_what_shows_it(void **state)
{
	struct history_call calls[] = {
		WROTE(0, 1, 1, 2), SAW(1, 1, 3, 4),   WROTE(0, 2, 5, 6),
		WROTE(0, 3, 7, 8), SAW(1, 3, 9, 10),  WROTE(2, 4, 9, 30),
		SAW(1, 2, 11, 12), SAW(0, 4, 13, 14), WROTE(1, 5, 15, 16),
		WRITES(0, 6, 17),
	};
	size_t configurations = LINEAR_CONFIGURATIONS, count;

	(void)state;
	count = linear_shrink(&cell_model, calls, COUNT(calls),
			      &configurations);
	assert_int_equal(count, 3);
	assert_int_equal(calls[0].argument, 2);
	assert_int_equal(calls[1].argument, 3);
	assert_int_equal(calls[2].value, 2);
}

static void test_shrink__keeps_what_it_cannot_judge(void **state)
{
	struct history_call right[] = { WROTE(0, 1, 1, 2), SAW(1, 1, 3, 4) };
	struct history_call sums[] = {
		ADDED(0, 1, 0, 1, 2),
		ADDED(0, 1, 1, 3, 4),
		ADDED(0, 1, 1, 5, 6),
		ADDED(0, 1, 2, 7, 8),
	};
	size_t configurations = 100;

	(void)state;
	assert_int_equal(linear_shrink(&cell_model, right, 2, &configurations),
			 2);
	assert_int_equal(linear_shrink(&cell_model, sums, 4, &configurations),
			 3);
	configurations = 1;
	assert_int_equal(linear_shrink(&cell_model, sums, 3, &configurations),
			 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_linear__explains_calls_one_by_one),
		cmocka_unit_test(
			test_linear__refuses_a_read_of_what_was_overwritten),
		cmocka_unit_test(test_linear__lets_calls_overlap),
		cmocka_unit_test(test_linear__keeps_the_order_of_a_thread),
		cmocka_unit_test(
			test_linear__lets_a_pending_call_have_been_or_not),
		cmocka_unit_test(
			test_linear__tells_how_far_an_explanation_reaches),
		cmocka_unit_test(test_linear__begins_with_the_model_s_state),
		cmocka_unit_test(test_linear__looks_at_each_object_alone),
		cmocka_unit_test(test_linear__gives_up_within_its_limits),
		cmocka_unit_test(test_linear__merges_states_that_mean_the_same),
		cmocka_unit_test(test_set__numbers_what_is_put_in_once),
		cmocka_unit_test(
			test_linear__decides_80000_calls_on_one_object),
		cmocka_unit_test(
			test_linear__decides_80000_calls_on_many_objects),
		cmocka_unit_test(
			test_linear__decides_80000_calls_that_all_overlap),
		cmocka_unit_test(test_shrink__leaves_what_shows_it),
		cmocka_unit_test(test_shrink__keeps_what_it_cannot_judge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
