/* What a queue's history says about the queue. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "queue_call.h"
#include "queue_check.h"
#include "queue_linear.h"
#include "queue_shrink.h"
#include "random.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Histories are written down by hand: thread, what, from when, until when. */
#define SPAN(t, from, until) \
	.thread = (t), .invoked_ns = (from), .completed_ns = (until)
#define PUT(t, item, r, from, until)                              \
	{ .kind = QUEUE_PUT, .argument = (item), .result = (r),   \
	  SPAN(t, from, until) }
#define TAKE(t, item, from, until)                                \
	{ .kind = QUEUE_TAKE, .value = (item), SPAN(t, from, until) }
#define NO_TAKE(t, r, from, until)                                \
	{ .kind = QUEUE_TAKE, .result = (r), SPAN(t, from, until) }
#define LEN(t, n, from, until)                                    \
	{ .kind = QUEUE_LEN, .value = (n), SPAN(t, from, until) }
#define CLOSE(t, from, until) \
	{ .kind = QUEUE_CLOSE, SPAN(t, from, until) }
#define PENDING(t, what, item, from)                              \
	{ .kind = (what), .argument = (item), .pending = true,    \
	  SPAN(t, from, UINT64_MAX) }

static enum queue_answer answer(const struct history_call *calls, size_t count,
				size_t capacity)
{
	size_t states = QUEUE_LINEAR_STATES;

	return queue_linear(calls, count, capacity, &states);
}

#define assert_explained(calls, capacity)                         \
	assert_int_equal(answer(calls, COUNT(calls), capacity),   \
			 QUEUE_EXPLAINED)
#define assert_inexplicable(calls, capacity)                      \
	assert_int_equal(answer(calls, COUNT(calls), capacity),   \
			 QUEUE_INEXPLICABLE)

static void test_linear__explains_calls_one_by_one(void **state)
{
	const struct history_call calls[] = {
		PUT(0, 1, 0, 1, 2),	   PUT(0, 2, 0, 3, 4),
		PUT(0, 3, EAGAIN, 5, 6),   LEN(0, 2, 7, 8),
		TAKE(0, 1, 9, 10),	   CLOSE(0, 11, 12),
		PUT(0, 4, EPIPE, 13, 14),  TAKE(0, 2, 15, 16),
		NO_TAKE(0, EPIPE, 17, 18), LEN(0, 0, 19, 20),
	};

	(void)state;
	assert_explained(calls, 2);
	assert_inexplicable(calls, 1);
	assert_inexplicable(calls, 3);
}

static void test_linear__lets_calls_at_once_go_either_way(void **state)
{
	const struct history_call one[] = {
		PUT(0, 1, 0, 1, 10),
		PUT(1, 2, 0, 2, 9),
		TAKE(0, 2, 11, 12),
		TAKE(0, 1, 13, 14),
	};
	const struct history_call other[] = {
		PUT(0, 1, 0, 1, 10),
		PUT(1, 2, 0, 2, 9),
		TAKE(0, 1, 11, 12),
		TAKE(0, 2, 13, 14),
	};

	(void)state;
	assert_explained(one, 2);
	assert_explained(other, 2);
}

static void test_linear__needs_the_order_of_calls_apart(void **state)
{
	const struct history_call calls[] = {
		PUT(0, 1, 0, 1, 2),
		PUT(1, 2, 0, 3, 4),
		TAKE(0, 2, 5, 6),
		TAKE(0, 1, 7, 8),
	};

	(void)state;
	assert_inexplicable(calls, 2);
}

static void test_linear__knows_a_put_that_went_beyond_capacity(void **state)
{
	const struct history_call calls[] = {
		PUT(0, 1, 0, 1, 10),
		PUT(1, 2, 0, 2, 9),
		TAKE(0, 1, 11, 12),
	};

	(void)state;
	assert_inexplicable(calls, 1);
	assert_explained(calls, 2);
}

static void test_linear__lets_a_pending_put_have_happened_or_not(void **state)
{
	const struct history_call happened[] = {
		PENDING(0, QUEUE_PUT, 1, 1),
		TAKE(1, 1, 2, 3),
	};
	const struct history_call not_yet[] = {
		PENDING(0, QUEUE_PUT, 1, 1),
		NO_TAKE(1, EAGAIN, 2, 3),
	};

	(void)state;
	assert_explained(happened, 1);
	assert_explained(not_yet, 1);
}

static void test_linear__lets_a_pending_take_have_taken(void **state)
{
	const struct history_call calls[] = {
		PUT(0, 1, 0, 1, 2),
		PENDING(1, QUEUE_TAKE, 0, 3),
		PUT(0, 2, 0, 4, 5),
		TAKE(0, 2, 6, 7),
	};

	(void)state;
	assert_explained(calls, 1);
}

static void test_linear__wants_emptiness_for_a_take_that_failed(void **state)
{
	const struct history_call calls[] = {
		PUT(0, 1, 0, 1, 2),
		NO_TAKE(1, ETIMEDOUT, 3, 4),
	};

	(void)state;
	assert_inexplicable(calls, 1);
}

static void test_linear__wants_a_drained_queue_for_a_broken_pipe(void **state)
{
	const struct history_call calls[] = {
		PUT(0, 1, 0, 1, 2),
		CLOSE(0, 3, 4),
		NO_TAKE(1, EPIPE, 5, 6),
	};

	(void)state;
	assert_inexplicable(calls, 1);
}

static void test_linear__has_no_place_for_unknown_results(void **state)
{
	const struct history_call negative[] = { PUT(0, 1, -EAGAIN, 1, 2) };
	const struct history_call unknown[] = {
		{ .kind = 77, SPAN(0, 1, 2) },
	};

	(void)state;
	assert_inexplicable(negative, 1);
	assert_inexplicable(unknown, 1);
}

static void test_linear__gives_up_at_its_bounds(void **state)
{
	struct history_call calls[QUEUE_LINEAR_MAX + 1] = { 0 };
	size_t states = 2;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(calls); i++)
		calls[i] = (struct history_call)LEN(0, 0, 2 * i, 2 * i + 1);
	assert_int_equal(answer(calls, COUNT(calls), 1), QUEUE_UNDECIDED);
	assert_int_equal(queue_linear(calls, 10, 1, &states), QUEUE_UNDECIDED);
	assert_int_equal(states, 0);
}

/* A real queue's history, made up: each call has its moment, and some time
 * around it in which it overlaps with others. */
static size_t make_up(struct random *random, struct history_call *calls,
		      size_t count, size_t capacity)
{
	uint64_t queue[64];
	uint64_t busy[4] = { 0 };
	struct history_call *call;
	size_t length = 0;
	uint64_t now = 100;
	size_t i;

	for (i = 0; i < count; i++, now += 10) {
		call = &calls[i];
		*call = (struct history_call){
			.thread = random_below(random, 4),
		};
		call->invoked_ns = now - random_below(random, 40);
		if (call->invoked_ns <= busy[call->thread])
			call->invoked_ns = busy[call->thread] + 1;
		if (call->invoked_ns > now)
			now = call->invoked_ns;
		call->completed_ns = now + random_below(random, 40);
		busy[call->thread] = call->completed_ns;
		call->kind = random_between(random, QUEUE_PUT, QUEUE_TAKE);
		if (call->kind == QUEUE_PUT) {
			call->argument = 1000 + i;
			if (length < capacity)
				queue[length++] = call->argument;
			else
				call->result = EAGAIN;
		} else if (length > 0) {
			call->value = queue[0];
			memmove(queue, queue + 1, --length * sizeof *queue);
		} else {
			call->result = EAGAIN;
		}
	}
	return count;
}

static void sort(struct history_call *calls, size_t count)
{
	struct history_call call;
	size_t i, j;

	for (i = 1; i < count; i++) {
		call = calls[i];
		for (j = i; j > 0 && calls[j - 1].invoked_ns > call.invoked_ns;
		     j--)
			calls[j] = calls[j - 1];
		calls[j] = call;
	}
}

static void test_linear__explains_whatever_a_queue_did(void **state)
{
	struct history_call calls[200];
	struct random random;
	uint64_t seed;

	(void)state;
	for (seed = 0; seed < 50; seed++) {
		random = random_from(seed);
		(void)make_up(&random, calls, COUNT(calls), 1 + seed % 5);
		sort(calls, COUNT(calls));
		assert_explained(calls, 1 + seed % 5);
	}
}

static void test_shrink__leaves_what_shows_it(void **state)
{
	struct history_call calls[200];
	struct history_call *last;
	struct random random;
	uint64_t seed;
	size_t count;

	(void)state;
	for (seed = 0; seed < 20; seed++) {
		random = random_from(seed);
		(void)make_up(&random, calls, COUNT(calls) - 3, 3);
		last = calls + COUNT(calls) - 3;
		last[0] = (struct history_call)PUT(0, 1, 0, 9000, 9001);
		last[1] = (struct history_call)LEN(0, 0, 9002, 9003);
		last[2] = (struct history_call)NO_TAKE(0, EPIPE, 9004, 9005);
		sort(calls, COUNT(calls));
		assert_inexplicable(calls, 3);
		count = queue_shrink(calls, COUNT(calls), 3);
		assert_true(count >= 1 && count <= 8);
		assert_int_equal(answer(calls, count, 3), QUEUE_INEXPLICABLE);
	}
}

static void test_shrink__finds_the_calls_out_of_order(void **state)
{
	struct history_call calls[] = {
		PUT(0, 1, 0, 1, 2),	PUT(0, 2, 0, 3, 4),
		TAKE(1, 1, 5, 6),	NO_TAKE(2, EAGAIN, 8, 10),
		TAKE(1, 2, 8, 9),	PUT(0, 3, 0, 10, 11),
		PUT(0, 4, 0, 12, 13),	PUT(0, 5, 0, 14, 15),
		LEN(1, 3, 16, 17),	TAKE(1, 3, 18, 19),
		TAKE(1, 5, 20, 21),	TAKE(2, 4, 22, 23),
	};
	size_t count;
	size_t i;

	(void)state;
	sort(calls, COUNT(calls));
	assert_inexplicable(calls, 4);
	count = queue_shrink(calls, COUNT(calls), 4);
	/* The cut comes after take -> 5: that 4 came later is not needed. */
	assert_int_equal(count, 3);
	for (i = 0; i < count; i++)
		assert_true(calls[i].argument >= 4 || calls[i].value == 5);
}

static void test_shrink__never_drops_an_item_that_was_counted(void **state)
{
	struct history_call calls[] = {
		PUT(0, 1, 0, 1, 2),
		PUT(0, 2, 0, 3, 4),
		LEN(0, 3, 5, 6),
	};

	(void)state;
	assert_int_equal(queue_shrink(calls, COUNT(calls), 4), 3);
}

static struct history history_of(struct history_call *calls, size_t count)
{
	return (struct history){ .calls = calls, .count = count };
}

static void test_conserves__holds_for_a_good_history(void **state)
{
	struct history_call calls[] = {
		PUT(0, 1, 0, 1, 2), PUT(0, 2, EAGAIN, 3, 4),
		TAKE(1, 1, 5, 6),   PENDING(0, QUEUE_PUT, 3, 7),
		TAKE(1, 3, 8, 9),
	};
	struct history history = history_of(calls, COUNT(calls));
	struct queue_finding finding;

	(void)state;
	assert_true(queue_conserves(&history, true, &finding));
	assert_true(queue_keeps_order(&history, &finding));
}

static void test_conserves__finds_what_was_lost(void **state)
{
	struct history_call calls[] = {
		PUT(0, 1, 0, 1, 2),
		PUT(0, 2, 0, 3, 4),
		TAKE(1, 1, 5, 6),
	};
	struct history history = history_of(calls, COUNT(calls));
	struct queue_finding finding;

	(void)state;
	assert_true(queue_conserves(&history, false, &finding));
	assert_false(queue_conserves(&history, true, &finding));
	assert_int_equal(finding.count, 1);
	assert_int_equal(finding.calls[0].argument, 2);
}

static void test_conserves__finds_what_came_twice(void **state)
{
	struct history_call calls[] = {
		PUT(0, 1, 0, 1, 2),
		TAKE(1, 1, 3, 6),
		TAKE(2, 1, 4, 5),
	};
	struct history history = history_of(calls, COUNT(calls));
	struct queue_finding finding;

	(void)state;
	assert_false(queue_conserves(&history, false, &finding));
	assert_int_equal(finding.count, 3);
}

static void test_conserves__finds_what_was_invented(void **state)
{
	struct history_call never[] = { TAKE(1, 9, 1, 2) };
	struct history_call failed[] = { PUT(0, 1, EPIPE, 1, 2),
					 TAKE(1, 1, 3, 4) };
	struct history_call early[] = { TAKE(1, 1, 1, 2),
					PUT(0, 1, 0, 3, 4) };
	struct history one = history_of(never, COUNT(never));
	struct history two = history_of(failed, COUNT(failed));
	struct history three = history_of(early, COUNT(early));
	struct queue_finding finding;

	(void)state;
	assert_false(queue_conserves(&one, false, &finding));
	assert_false(queue_conserves(&two, false, &finding));
	assert_false(queue_conserves(&three, false, &finding));
}

static void test_order__is_that_of_each_producer(void **state)
{
	struct history_call good[] = {
		PUT(0, 1, 0, 1, 2), PUT(1, 2, 0, 3, 4), PUT(0, 3, 0, 5, 6),
		TAKE(2, 2, 7, 8),   TAKE(3, 3, 9, 20),	TAKE(2, 1, 10, 11),
	};
	struct history_call bad[] = {
		PUT(0, 1, 0, 1, 2), PUT(0, 3, 0, 5, 6),
		TAKE(3, 3, 7, 8),   TAKE(2, 1, 9, 10),
	};
	struct history one = history_of(good, COUNT(good));
	struct history two = history_of(bad, COUNT(bad));
	struct queue_finding finding;

	(void)state;
	assert_true(queue_keeps_order(&one, &finding));
	assert_false(queue_keeps_order(&two, &finding));
	assert_int_equal(finding.count, 4);
}

static void test_text__reads_like_the_call(void **state)
{
	const struct history_call calls[] = {
		PUT(1, 7, 0, 1, 4),
		NO_TAKE(2, ETIMEDOUT, 2, 3),
		TAKE(2, 0, 5, 6),
		PENDING(3, QUEUE_TAKE, 0, 7),
	};
	char line[QUEUE_TIMELINE_WIDTH];
	char text[QUEUE_CALL_TEXT_MAX];

	(void)state;
	queue_call_text(&calls[0], text);
	assert_string_equal(text, "put(7, 0) -> 0");
	queue_call_text(&calls[1], text);
	assert_string_equal(text, "take(0) -> ETIMEDOUT");
	queue_call_text(&calls[2], text);
	assert_string_equal(text, "take(0) -> NULL");
	queue_call_text(&calls[3], text);
	assert_string_equal(text, "take(0) -> ...");
	queue_timeline(calls, COUNT(calls), 1, line);
	assert_string_equal(line, "t2   take(0) -> ETIMEDOUT             "
				  "|--|");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_linear__explains_calls_one_by_one),
		cmocka_unit_test(
			test_linear__lets_calls_at_once_go_either_way),
		cmocka_unit_test(test_linear__needs_the_order_of_calls_apart),
		cmocka_unit_test(
			test_linear__knows_a_put_that_went_beyond_capacity),
		cmocka_unit_test(
			test_linear__lets_a_pending_put_have_happened_or_not),
		cmocka_unit_test(test_linear__lets_a_pending_take_have_taken),
		cmocka_unit_test(
			test_linear__wants_emptiness_for_a_take_that_failed),
		cmocka_unit_test(
			test_linear__wants_a_drained_queue_for_a_broken_pipe),
		cmocka_unit_test(
			test_linear__has_no_place_for_unknown_results),
		cmocka_unit_test(test_linear__gives_up_at_its_bounds),
		cmocka_unit_test(test_linear__explains_whatever_a_queue_did),
		cmocka_unit_test(test_shrink__leaves_what_shows_it),
		cmocka_unit_test(
			test_shrink__finds_the_calls_out_of_order),
		cmocka_unit_test(
			test_shrink__never_drops_an_item_that_was_counted),
		cmocka_unit_test(test_conserves__holds_for_a_good_history),
		cmocka_unit_test(test_conserves__finds_what_was_lost),
		cmocka_unit_test(test_conserves__finds_what_came_twice),
		cmocka_unit_test(test_conserves__finds_what_was_invented),
		cmocka_unit_test(test_order__is_that_of_each_producer),
		cmocka_unit_test(test_text__reads_like_the_call),
	};

	return cmocka_run_group_tests_name("kit: queue", tests, NULL, NULL);
}
