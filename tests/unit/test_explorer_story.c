/*
 * A failing schedule as people read it: told of runs and names that are made
 * up here, so that each word has its reason in this file.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "explorer_fixture.h"
#include "explorer_story.h"

#define EVENTS 12

/* Line N of bq.c is address N; 100 and more are the exercise's. */
static struct explorer_line names[] = {
	{ .pc = 41, .line = 41, .function = "bq_put", .file = "bq.c" },
	{ .pc = 44, .line = 44, .function = "bq_put", .file = "bq.c" },
	{ .pc = 47, .line = 47, .function = "bq_put", .file = "bq.c" },
	{ .pc = 63, .line = 63, .function = "bq_take", .file = "bq.c" },
	{ .pc = 75,
	  .line = 75,
	  .function = "sleep_on",
	  .file = "bq.c",
	  .within = "bq_take",
	  .within_line = 66 },
	{ .pc = 100,
	  .line = 7,
	  .function = "putter",
	  .file = "/work/exercise/judge/scenarios.c" },
	{ .pc = 200,
	  .line = 9,
	  .function = "run",
	  .file = "sandbox/explore/threads.c" },
};

static const struct explorer_lines lines = {
	.lines = names,
	.count = sizeof names / sizeof *names,
	.sources_fd = -1,
};

#define AT(line)                                     \
	{                                            \
		.depth = 3, .pc = { line, 100, 200 } \
	}

static struct explorer_run run_of(struct explorer_parts *parts,
				  uint32_t outcome,
				  const struct explore_finding *finding)
{
	parts->entry.outcome = outcome;
	parts->entry.threads = 4;
	parts->entry.steps = 1000;
	parts->finding = finding;
	return explorer_made(parts);
}

static void check_sentence(uint32_t outcome,
			   const struct explore_finding *finding,
			   const char *expected)
{
	struct explorer_parts parts = { 0 };
	struct explorer_run run = run_of(&parts, outcome, finding);
	const struct explorer_story story = { .run = &run, .lines = &lines };
	char text[EXPLORER_SENTENCE_MAX];

	explorer_story_sentence(&story, text);
	assert_string_equal(text, expected);
	explorer_run_release(&run);
}

static void test_sentence__of_a_race_has_both_places(void **state)
{
	const struct explore_finding finding = {
		.accesses = 2,
		.access = { { .thread = 1,
			      .kind = EXPLORE_READ,
			      .size = 8,
			      .place = AT(41) },
			    { .thread = 2,
			      .kind = EXPLORE_WRITE,
			      .size = 8,
			      .place = AT(63) } },
	};

	(void)state;
	check_sentence(EXPLORE_RACE, &finding,
		       "data race: thread 2 writes 8 bytes at bq.c:63"
		       " (bq_take) while thread 1 reads them at bq.c:41"
		       " (bq_put), and no lock or atomic orders the two");
}

static void test_sentence__of_a_circle_tells_who_has_what(void **state)
{
	const struct explore_finding finding = {
		.threads = 4,
		.thread_of = { { .state = EXPLORE_WAITS,
				 .kind = EXPLORE_JOIN,
				 .holder = 1,
				 .place = AT(100) },
			       { .state = EXPLORE_WAITS,
				 .kind = EXPLORE_LOCK,
				 .holder = 3,
				 .place = AT(44),
				 .taken = AT(63) },
			       { .state = EXPLORE_ENDED, .holder = -1 },
			       { .state = EXPLORE_WAITS,
				 .kind = EXPLORE_LOCK,
				 .holder = 1,
				 .place = AT(75),
				 .taken = AT(41) } },
	};

	(void)state;
	check_sentence(
		EXPLORE_DEADLOCK, &finding,
		"deadlock: thread 1 waits in bq_put, bq.c:44, for a lock that"
		" thread 3 has, taken at bq.c:63 (bq_take); thread 3 waits in"
		" sleep_on in bq_take, bq.c:75, for a lock that thread 1 has,"
		" taken at bq.c:41 (bq_put)");
}

static void test_sentence__takes_those_who_wait_alike_together(void **state)
{
	const struct explore_thread sleeper = { .state = EXPLORE_WAITS,
						.kind = EXPLORE_COND_WAKE,
						.holder = -1,
						.place = AT(44) };
	const struct explore_finding finding = {
		.threads = 4,
		.thread_of = { { .state = EXPLORE_WAITS,
				 .kind = EXPLORE_JOIN,
				 .holder = 1 },
			       sleeper,
			       sleeper,
			       sleeper },
	};

	(void)state;
	check_sentence(EXPLORE_DEADLOCK, &finding,
		       "deadlock: threads 1, 2 and 3 wait in bq_put, bq.c:44,"
		       " for a signal of a condition variable that nobody is"
		       " left to give");
}

static void test_sentence__of_the_heap_has_the_life_of_the_block(void **state)
{
	const struct explore_finding finding = {
		.text = "use after free",
		.thread = 1,
		.place = AT(44),
		.block = { .base = 0x1000,
			   .size = 24,
			   .allocated_by = 0,
			   .freed_by = 2,
			   .allocated = AT(41),
			   .freed = AT(63) },
	};

	(void)state;
	check_sentence(EXPLORE_HEAP, &finding,
		       "heap: use after free: thread 1 at bq.c:44 (bq_put);"
		       " thread 0 allocated the block, of 24 bytes, at bq.c:41"
		       " (bq_put), and thread 2 freed it at bq.c:63 (bq_take)");
}

static void test_sentence__of_the_rest_has_what_there_is(void **state)
{
	const struct explore_finding crash = {
		.thread = 2, .signal = SIGSEGV, .address = 0x18, .place = AT(47)
	};
	const struct explore_finding unmet = { .text = "items are left",
					       .place = AT(100) };
	const struct explore_finding unknown = { .text = "unlock by another",
						 .thread = 3 };

	(void)state;
	check_sentence(EXPLORE_CRASHED, &crash,
		       "crash: thread 2 dies of SIGSEGV at bq.c:47 (bq_put),"
		       " with address 0x18");
	check_sentence(EXPLORE_REQUIRED, &unmet,
		       "does not hold: items are left: thread 0 at"
		       " /work/exercise/judge/scenarios.c:7 (putter)");
	check_sentence(EXPLORE_MISUSE, &unknown,
		       "misuse: unlock by another: thread 3 at a place that is"
		       " not known");
	check_sentence(EXPLORE_FORBIDDEN, NULL, "not allowed in a scenario");
}

static void test_sentence__of_a_history_is_the_judges(void **state)
{
	struct explorer_parts parts = { 0 };
	struct explorer_run run = run_of(&parts, EXPLORE_PASSED, NULL);
	const struct explorer_story story = { .run = &run,
					      .wrong = "7 came out twice" };
	char text[EXPLORER_SENTENCE_MAX];

	(void)state;
	explorer_story_sentence(&story, text);
	assert_string_equal(text, "7 came out twice");
	explorer_run_release(&run);
}

/* ---- the schedule ---- */

#define EVENT(number, of, what, object, got, line)                     \
	{                                                              \
		.step = (number), .thread = (of), .kind = (what),      \
		.address = (object), .value = (got), .place = AT(line) \
	}

static void check_lines(json_t *got, const char *const *expected)
{
	size_t i;

	for (i = 0; expected[i]; i++) {
		const char *line = json_string_value(json_array_get(got, i));

		assert_non_null(line);
		assert_string_equal(line, expected[i]);
	}
	assert_int_equal(json_array_size(got), i);
	json_decref(got);
}

/* Thread 2 waits for the lock from step 8 on: that is no preemption. */
static void
test_schedule__is_a_table_with_a_column_for_each_thread(void **state)
{
	static const struct explore_event events[] = {
		EVENT(1, 0, EXPLORE_ALLOCATE, 1, 0, 41), /* the beginning */
		EVENT(2, 0, EXPLORE_CREATE, 1, 0, 100),
		EVENT(3, 1, EXPLORE_LOCK, 0x10, 0, 41),
		EVENT(4, 1, EXPLORE_READ, 0x20, 3, 44),
		EVENT(5, 1, EXPLORE_WRITE, 0x20, 0, 44),
		EVENT(6, 1, EXPLORE_READ, 0x90, 0, 44), /* its own */
		EVENT(7, 2, EXPLORE_LOAD, 0x20, 3, 63),
		EVENT(8, 2, EXPLORE_READ, 0x20, 3, 100), /* the exercise's */
		EVENT(9, 1, EXPLORE_UNLOCK, 0x10, 0, 47),
		EVENT(10, 2, EXPLORE_LOCK, 0x10, 0, 63),
		EVENT(11, 2, EXPLORE_COND_WAIT, 0x30, 0, 75),
		EVENT(12, 0, EXPLORE_JOIN, 1, 0, 100),
	};
	static const struct explore_segment segments[] = {
		{ .thread = 0, .ops = 2 },
		{ .thread = 1, .ops = 4 },
		{ .thread = 2, .ops = 2 },
		{ .thread = 1, .ops = 1 },
		{ .thread = 2, .ops = 2 },
		{ .thread = 2, .flags = EXPLORE_TIMED_OUT },
		{ .thread = 0, .ops = 1 },
	};
	struct explorer_parts parts = {
		.segments = segments,
		.segment_count = 7,
		.events = events,
		.event_count = EVENTS,
	};
	static const char *const expected[] = {
		" step  t0   t1   t2",
		"    2  *              scenarios.c:7 putter     creates thread "
		"1",
		"    3       *         bq.c:41 bq_put           locks A",
		"    4       *         bq.c:44 bq_put           reads 3, "
		"writes",
		"-- thread 1 is preempted before bq.c:47 bq_put",
		"    7            *    bq.c:63 bq_take          loads 3",
		"    9       *         bq.c:47 bq_put           unlocks A",
		"   10            *    bq.c:63 bq_take          locks A",
		"   11            *    bq.c:75 sleep_on         waits on B",
		"-- the timeout of thread 2 passes",
		"   12  *              scenarios.c:7 putter     joins thread 1",
		NULL,
	};
	struct explorer_run run = run_of(&parts, EXPLORE_PASSED, NULL);
	const struct explorer_story story = { .run = &run, .lines = &lines };

	(void)state;
	check_lines(explorer_story_schedule(&story), expected);
	explorer_run_release(&run);
}

static void test_schedule__says_a_loop_once(void **state)
{
	static struct explore_event events[102];
	struct explorer_parts parts = {
		.events = events,
		.event_count = 102,
	};
	static const char *const expected[] = {
		" step  t1",
		"    1  *    bq.c:41 bq_put           loads 0",
		"    2  *    bq.c:44 bq_put           yields",
		"   ... and the same 49 times more ...",
		"  101  *    bq.c:47 bq_put           stores 1",
		NULL,
	};
	struct explorer_story story = { .lines = &lines };
	struct explorer_run run;
	uint32_t i;

	(void)state;
	for (i = 0; i < 100; i++)
		events[i] = (struct explore_event)EVENT(
			i + 1, 1, (i % 2 ? EXPLORE_YIELD : EXPLORE_LOAD), 1, 0,
			(i % 2 ? 44 : 41));
	events[100] = (struct explore_event)EVENT(101, 1, EXPLORE_STORE, 1, 1,
						  47);
	events[101] = (struct explore_event)EVENT(102, 1, EXPLORE_END, 0, 0,
						  47);
	run = run_of(&parts, EXPLORE_PASSED, NULL);
	story.run = &run;
	check_lines(explorer_story_schedule(&story), expected);
	explorer_run_release(&run);
}

static void test_schedule__of_great_length_leaves_out_the_middle(void **state)
{
	static struct explore_event events[500];
	struct explorer_parts parts = { .events = events, .event_count = 500 };
	struct explorer_story story = { 0 };
	struct explorer_run run;
	json_t *got, *line = NULL;
	bool folded = false;
	uint32_t i;
	size_t j;

	(void)state;
	for (i = 0; i < 500; i++)
		events[i] = (struct explore_event)EVENT(
			i + 1, i * i % 4, EXPLORE_STORE, 1, i, i + 1000);
	run = run_of(&parts, EXPLORE_PASSED, NULL);
	story.run = &run;
	got = explorer_story_schedule(&story);
	assert_true(json_array_size(got) <= EXPLORER_STORY_ROWS_MAX + 1);
	json_array_foreach (got, j, line) {
		assert_true(json_string_length(line) <= EXPLORER_STORY_WIDTH);
		folded = folded ||
			 strstr(json_string_value(line), "rows left out");
	}
	assert_true(folded);
	assert_non_null(strstr(json_string_value(line), "stores 499"));
	json_decref(got);
	explorer_run_release(&run);
}

static void test_schedule__without_events_is_empty(void **state)
{
	struct explorer_parts parts = { 0 };
	struct explorer_run run = run_of(&parts, EXPLORE_PASSED, NULL);
	const struct explorer_story story = { .run = &run };
	json_t *got = explorer_story_schedule(&story);

	(void)state;
	assert_int_equal(json_array_size(got), 0);
	json_decref(got);
	explorer_run_release(&run);
}

/* ---- the rest ---- */

static void test_what__has_the_calls_that_led_there(void **state)
{
	const struct explore_finding finding = {
		.threads = 2,
		.thread_of = { { .state = EXPLORE_CAN_RUN, .holder = -1 },
			       { .state = EXPLORE_WAITS,
				 .kind = EXPLORE_FUTEX_WAIT,
				 .holder = -1,
				 .timed = 1,
				 .place = AT(75) } },
	};
	static const char *const expected[] = {
		"thread 1, for a futex that nobody is left to wake, with a"
		" timeout: sleep_on bq.c:75 < bq_take :66 < putter",
		"  scenarios.c:7",
		NULL,
	};
	struct explorer_parts parts = { 0 };
	struct explorer_run run = run_of(&parts, EXPLORE_DEADLOCK, &finding);
	const struct explorer_story story = { .run = &run, .lines = &lines };

	(void)state;
	check_lines(explorer_story_what(&story), expected);
	explorer_run_release(&run);
}

static void test_preemptions__are_beside_what_it_was_found_with(void **state)
{
	struct explorer_parts parts = explorer_full();
	struct explorer_run run = explorer_made(&parts);
	struct explorer_story story = { .run = &run, .preemptions = 198 };
	char text[128];

	(void)state;
	explorer_story_preemptions(&story, text, sizeof text);
	assert_string_equal(
		text, "1 preemption (the schedule it was found with had 198)");
	story.preemptions = 1;
	explorer_story_preemptions(&story, text, sizeof text);
	assert_string_equal(text, "1 preemption");
	explorer_run_release(&run);
}

static void test_pcs__are_each_once(void **state)
{
	struct explorer_parts parts = explorer_full();
	struct explorer_run run = explorer_made(&parts);
	uint64_t *pcs;

	(void)state;
	assert_int_equal(explorer_story_pcs(&run, &pcs), 3);
	assert_int_equal(pcs[0], 0x400100);
	assert_int_equal(pcs[2], 0x400300);
	free(pcs);
	explorer_run_release(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sentence__of_a_race_has_both_places),
		cmocka_unit_test(test_sentence__of_a_circle_tells_who_has_what),
		cmocka_unit_test(
			test_sentence__takes_those_who_wait_alike_together),
		cmocka_unit_test(
			test_sentence__of_the_heap_has_the_life_of_the_block),
		cmocka_unit_test(test_sentence__of_the_rest_has_what_there_is),
		cmocka_unit_test(test_sentence__of_a_history_is_the_judges),
		cmocka_unit_test(
			test_schedule__is_a_table_with_a_column_for_each_thread),
		cmocka_unit_test(test_schedule__says_a_loop_once),
		cmocka_unit_test(
			test_schedule__of_great_length_leaves_out_the_middle),
		cmocka_unit_test(test_schedule__without_events_is_empty),
		cmocka_unit_test(test_what__has_the_calls_that_led_there),
		cmocka_unit_test(
			test_preemptions__are_beside_what_it_was_found_with),
		cmocka_unit_test(test_pcs__are_each_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
