#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "thread_story.h"
#include "threads_fixture.h"

/* The story of @threads, which are freed, line by line. */
static char *story_of(struct box_threads *threads, const char *signal,
		      const char *call)
{
	json_auto_t *list = threads_told(threads);
	json_auto_t *story = thread_story(list, signal, call);
	char *text = NULL;
	size_t size = 0, i;
	json_t *line;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	json_array_foreach (story, i, line)
		(void)fprintf(out, "%s\n", json_string_value(line));
	assert_int_equal(fclose(out), 0);
	return text;
}

#define ASSERT_STORY(threads, expected)                                  \
	do {                                                             \
		AUTO_FREE char *text_ = story_of((threads), NULL, NULL); \
		assert_string_equal(text_, (expected));                  \
	} while (0)

static void test_thread_story__a_ring_comes_first(void **state)
{
	struct box_threads *threads = threads_abba();
	struct box_thread *runner = threads_add(threads, 10);

	(void)state;
	threads_in(runner, "spin", 12);
	runner->state = 'R';
	ASSERT_STORY(threads,
		     "thread 2 and thread 3 wait for each other:\n"
		     "thread 2 waits in bq_put, bq.c:41, for a mutex that "
		     "thread 3 holds, taken at bq.c:63\n"
		     "thread 3 waits in bq_take, bq.c:72, for a mutex that "
		     "thread 2 holds, taken at bq.c:30\n"
		     "thread 4 runs in spin, bq.c:12\n"
		     "1 more thread waits for the test\n");
}

static void test_thread_story__a_ring_may_be_of_locks_and_joins(void **state)
{
	struct box_threads *threads = threads_new();
	struct box_thread *first = threads_add(threads, 7);
	struct box_thread *second = threads_add(threads, 8);
	struct box_thread *third = threads_add(threads, 9);

	(void)state;
	threads_in(first, "finish", 80);
	threads_wait(first, BOX_WAIT_JOIN, 9);
	threads_in(second, "reader", 20);
	threads_wait(second, BOX_WAIT_MUTEX, 7);
	threads_in(third, "writer", 30);
	threads_wait(third, BOX_WAIT_MUTEX, 8);
	memcpy(third->name, "writer", 7);
	memcpy(third->wait_object, "table_lock", 11);
	ASSERT_STORY(threads,
		     "thread 1, thread 3 (writer) and thread 2 wait for each "
		     "other:\n"
		     "thread 1 waits in finish, bq.c:80, for thread 3 (writer) "
		     "to end\n"
		     "thread 3 (writer) waits in writer, bq.c:30, for mutex "
		     "table_lock that thread 2 holds\n"
		     "thread 2 waits in reader, bq.c:20, for a mutex that "
		     "thread 1 holds\n");
}

static void test_thread_story__a_mutex_may_be_locked_twice(void **state)
{
	struct box_threads *threads = threads_abba();

	(void)state;
	threads->threads = threads->all = 2;
	threads->thread[1].wait_thread = 8;
	ASSERT_STORY(threads, "thread 2 waits in bq_put, bq.c:41, for a mutex "
			      "that it holds itself, taken at bq.c:63\n"
			      "1 more thread waits for the test\n");
}

static void test_thread_story__a_wait_with_a_limit_makes_no_ring(void **state)
{
	struct box_threads *threads = threads_abba();
	AUTO_FREE char *text = NULL;

	(void)state;
	threads->thread[2].wait_limited = 1;
	threads->thread[2].for_good = 0;
	text = story_of(threads, NULL, NULL);
	assert_null(strstr(text, "each other"));
	assert_non_null(strstr(text, "taken at bq.c:30, but not for ever\n"));
}

static void
test_thread_story__a_tail_that_leads_into_a_ring_is_not_of_it(void **state)
{
	struct box_threads *threads = threads_abba();
	struct box_thread *tail = &threads->thread[0];
	AUTO_FREE char *text = NULL;

	(void)state;
	tail->frames = 0;
	threads_in(tail, "bq_len", 90);
	threads_wait(tail, BOX_WAIT_MUTEX, 8);
	text = story_of(threads, NULL, NULL);
	assert_memory_equal(text, "thread 2 and thread 3 wait", 26);
	assert_non_null(strstr(text, "thread 1 waits in bq_len, bq.c:90, for a "
				     "mutex that thread 2 holds\n"));
}

static void test_thread_story__a_lost_wake_up_has_nobody_left(void **state)
{
	struct box_threads *threads = threads_new();
	struct box_thread *thread;

	(void)state;
	threads_idle(threads_add(threads, 7));
	thread = threads_add(threads, 8);
	threads_in(thread, "bq_take", 72);
	threads_wait(thread, BOX_WAIT_CONDITION, 0);
	ASSERT_STORY(threads, "thread 2 waits in bq_take, bq.c:72, for a "
			      "condition that nobody is left to signal\n"
			      "1 more thread waits for the test\n");
}

static void
test_thread_story__while_one_runs_there_is_somebody_left(void **state)
{
	struct box_threads *threads = threads_new();
	struct box_thread *thread = threads_add(threads, 8);
	struct box_thread *runner = threads_add(threads, 9);

	(void)state;
	threads_in(thread, "bq_take", 72);
	threads_wait(thread, BOX_WAIT_CONDITION, 0);
	runner->state = 'R';
	threads_frame(runner, "repeat", "/work/exercise/judge/driver.c", 120,
		      "program");
	ASSERT_STORY(threads, "thread 1 waits in bq_take, bq.c:72, for a "
			      "condition\n"
			      "thread 2 runs in the test's own code, repeat, "
			      "/work/exercise/judge/driver.c:120\n");
}

static void test_thread_story__those_at_one_place_share_a_sentence(void **state)
{
	struct box_threads *threads = threads_new();
	int32_t id;

	(void)state;
	for (id = 8; id < 12; id++) {
		struct box_thread *thread = threads_add(threads, id);

		threads_in(thread, "bq_take", id == 10 ? 80 : 72);
		threads_wait(thread, BOX_WAIT_CONDITION, 0);
		if (id == 9)
			memcpy(thread->name, "reader", 7);
	}
	ASSERT_STORY(threads,
		     "threads 1, 2 (reader) and 4 wait in bq_take, bq.c:72, "
		     "for a condition that nobody is left to signal\n"
		     "thread 3 waits in bq_take, bq.c:80, for a condition that "
		     "nobody is left to signal\n");
}

static void test_thread_story__a_sentence_names_a_few(void **state)
{
	struct box_threads *threads = threads_new();
	int32_t id;

	(void)state;
	for (id = 7; id < 7 + BOX_THREADS_MAX; id++) {
		struct box_thread *thread = threads_add(threads, id);

		threads_in(thread, "bq_take", 72);
		threads_wait(thread, BOX_WAIT_SIGNAL, 0);
	}
	ASSERT_STORY(threads, "threads 1, 2, 3, 4, 5, 6, 7, 8 and 56 more wait "
			      "in bq_take, bq.c:72, for a signal\n");
}

/* What one of them waits for need not be what the other one does. */
static void test_thread_story__locks_of_ones_own_are_not_shared(void **state)
{
	struct box_threads *threads = threads_new();
	int32_t id;

	(void)state;
	for (id = 8; id < 10; id++) {
		struct box_thread *thread = threads_add(threads, id);

		threads_in(thread, "bq_put", 41);
		threads_wait(thread, BOX_WAIT_MUTEX, id);
	}
	ASSERT_STORY(threads, "thread 1 waits in bq_put, bq.c:41, for a mutex "
			      "that it holds itself\n"
			      "thread 2 waits in bq_put, bq.c:41, for a mutex "
			      "that it holds itself\n");
}

static void test_thread_story__a_helper_is_told_with_its_caller(void **state)
{
	struct box_threads *threads = threads_new();
	struct box_thread *thread = threads_add(threads, 8);

	(void)state;
	threads_frame(thread, "wait_once", "bq.c", 75, "program");
	threads_frame(thread, "bq_take", "bq.c", 112, "program");
	threads_wait(thread, BOX_WAIT_CONDITION, 0);
	ASSERT_STORY(threads, "thread 1 waits in wait_once, bq.c:75, called "
			      "from bq_take, bq.c:112, for a condition that "
			      "nobody is left to signal\n");
}

static void test_thread_story__a_thread_of_a_library_is_told_last(void **state)
{
	struct box_threads *threads = threads_new();
	struct box_thread *library = threads_add(threads, 8);
	struct box_thread *own = threads_add(threads, 9);

	(void)state;
	threads_frame(library, "internal_usleep", "../../src/x.cpp", 460,
		      "libtsan.so.2");
	library->wait = BOX_WAIT_TIME;
	threads_in(own, "bq_take", 72);
	threads_wait(own, BOX_WAIT_CONDITION, 0);
	ASSERT_STORY(threads, "thread 2 waits in bq_take, bq.c:72, for a "
			      "condition\n"
			      "thread 1 sleeps in internal_usleep, a function "
			      "of the system's\n");
}

static void test_thread_story__every_kind_of_wait_has_words(void **state)
{
	static const struct {
		enum box_wait wait;
		const char *words;
	} kinds[] = {
		{ BOX_WAIT_SEMAPHORE,
		  "waits in f, bq.c:5, for a semaphore that "
		  "nobody is left to post" },
		{ BOX_WAIT_RWLOCK, "for a read-write lock that nobody gives" },
		{ BOX_WAIT_BARRIER, "for a barrier that nobody else is left" },
		{ BOX_WAIT_FUTEX, "for a futex that nobody is left to wake" },
		{ BOX_WAIT_CHILD, "for a child process to end" },
		{ BOX_WAIT_TIME, "sleeps in f, bq.c:5\n" },
		{ BOX_WAIT_INPUT, "for input on descriptor 5\n" },
		{ BOX_WAIT_SIGNAL, "for a signal\n" },
		{ BOX_WAIT_JOIN, "for another thread to end\n" },
		{ BOX_WAIT_OTHER, "is in f, bq.c:5, in the system call futex" },
		{ BOX_WAIT_NOTHING, "is in f, bq.c:5\n" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct box_threads *threads = threads_new();
		struct box_thread *thread = threads_add(threads, 7);
		AUTO_FREE char *text = NULL;

		threads_in(thread, "f", 5);
		threads_wait(thread, kinds[i].wait, 0);
		thread->wait_fd = 5;
		text = story_of(threads, NULL, NULL);
		if (!strstr(text, kinds[i].words))
			fail_msg("\"%s\" does not say \"%s\"", text,
				 kinds[i].words);
	}
}

static void test_thread_story__a_crash_is_told_with_its_callers(void **state)
{
	struct box_threads *threads = threads_new();
	struct box_thread *thread = threads_add(threads, 8);
	AUTO_FREE char *text = NULL;

	(void)state;
	thread->crashed = 1;
	thread->state = 'R';
	threads_frame(thread, "syscall", "", 0, "libc.so.6");
	threads_frame(thread, "on_crash", "/work/kit/crash.c", 30, "program");
	threads_frame(thread, "__restore_rt", "", 0, "libc.so.6");
	threads_frame(thread, "place", "bq.c", 33, "program");
	threads_frame(thread, "bq_put", "bq.c", 50, "program");
	threads_frame(thread, "work", "/work/exercise/judge/driver.c", 88,
		      "program");
	text = story_of(threads, "SIGSEGV", NULL);
	assert_string_equal(text, "crashed in place, bq.c:33 (SIGSEGV), called "
				  "from bq_put, bq.c:50\n");
}

static void test_thread_story__a_crash_in_a_library_names_both(void **state)
{
	struct box_threads *threads = threads_new();
	struct box_thread *thread = threads_add(threads, 8);
	AUTO_FREE char *text = NULL;

	(void)state;
	thread->crashed = 1;
	threads_frame(thread, "syscall", "", 0, "libc.so.6");
	threads_frame(thread, "on_crash", "/work/kit/crash.c", 30, "program");
	threads_frame(thread, "__restore_rt", "", 0, "libc.so.6");
	threads_frame(thread, "raise", "", 0, "libc.so.6");
	threads_frame(thread, "abort", "", 0, "libc.so.6");
	threads_frame(thread, "bq_put", "bq.c", 50, "program");
	text = story_of(threads, "SIGABRT", NULL);
	assert_string_equal(text, "crashed in abort, called from bq_put, "
				  "bq.c:50 (SIGABRT)\n");
}

static void test_thread_story__a_refused_call_has_its_line(void **state)
{
	struct box_threads *threads = threads_new();
	struct box_thread *thread = threads_add(threads, 7);
	AUTO_FREE char *text = NULL;

	(void)state;
	thread->refused = 1;
	threads_frame(thread, "socket", "", 0, "libc.so.6");
	threads_frame(thread, "bq_create", "bq.c", 20, "program");
	text = story_of(threads, NULL, "socket");
	assert_string_equal(text, "socket was called in bq_create, bq.c:20\n");
}

static void test_thread_story__without_stacks_says_what_is_known(void **state)
{
	struct box_threads *threads = threads_new();
	struct box_thread *thread = threads_add(threads, 7);

	(void)state;
	threads_wait(thread, BOX_WAIT_FUTEX, 0);
	ASSERT_STORY(threads, "thread 1 waits in the system call futex\n");
}

static void test_thread_story__idle_threads_alone_are_counted(void **state)
{
	struct box_threads *threads = threads_new();

	(void)state;
	threads_idle(threads_add(threads, 7));
	threads_idle(threads_add(threads, 8));
	ASSERT_STORY(threads, "no thread is in the submission's code; 2 wait "
			      "for the test\n");
}

/* "return pause();" leaves no frame of the candidate's. */
static void test_thread_story__another_wait_in_the_test_is_told(void **state)
{
	struct box_threads *threads = threads_new();
	struct box_thread *thread = threads_add(threads, 7);

	(void)state;
	threads_frame(thread, "pause", "", 0, "libc.so.6");
	threads_frame(thread, "call", "/work/exercise/judge/driver.c", 50,
		      "program");
	threads_wait(thread, BOX_WAIT_SIGNAL, 0);
	ASSERT_STORY(threads, "thread 1 waits in the test's own code, call, "
			      "/work/exercise/judge/driver.c:50, for a "
			      "signal\n");
}

static void test_thread_story__many_threads_are_cut(void **state)
{
	struct box_threads *threads = threads_new();
	AUTO_FREE char *text = NULL;
	int32_t i;

	(void)state;
	for (i = 0; i < BOX_THREADS_MAX; i++) {
		struct box_thread *thread = threads_add(threads, 7 + i);

		threads_in(thread, "bq_take", 72);
		threads_wait(thread, BOX_WAIT_MUTEX, 7 + (i + 1) % 64);
	}
	text = story_of(threads, NULL, NULL);
	assert_non_null(strstr(text, "thread 8 waits"));
	assert_null(strstr(text, "thread 9 waits"));
	assert_non_null(strstr(text, "56 more threads are in the report\n"));
}

static void test_thread_story__passes_over_what_makes_no_sense(void **state)
{
	static const char *const odd[] = {
		"null",
		"{}",
		"[1, null, [], {}]",
		"[{\"number\": 1, \"waits\": {\"for\": \"mutex\", \"held_by\": "
		"7}, \"frames\": 4}]",
		"[{\"number\": \"x\", \"crashed\": true, \"frames\": [1]}]",
		"[{\"crashed\": true}, {\"refused\": true, \"frames\": [{}]}]",
		"[{\"number\": 1, \"waits\": {\"for\": \"mutex\", \"held_by\": "
		"2}}, {\"number\": 2, \"waits\": {\"for\": \"join\", "
		"\"held_by\": 2}}]",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof odd / sizeof *odd; i++) {
		json_auto_t *document = json_loads(odd[i], JSON_DECODE_ANY,
						   NULL);
		json_auto_t *story = NULL;
		AUTO_FREE char *paragraph = NULL;

		assert_non_null(document);
		story = thread_story(document, NULL, NULL);
		assert_true(json_is_array(story));
		paragraph = thread_story_paragraph(story);
		assert_true(!paragraph == (json_array_size(story) == 0));
	}
}

static void test_thread_story__is_a_paragraph_too(void **state)
{
	json_auto_t *list = threads_told(threads_abba());
	json_auto_t *story = thread_story(list, NULL, NULL);
	json_auto_t *none = json_array();
	AUTO_FREE char *text = thread_story_paragraph(story);

	(void)state;
	assert_string_equal(
		text, "thread 2 and thread 3 wait for each other: thread 2 "
		      "waits in bq_put, bq.c:41, for a mutex that thread 3 "
		      "holds, taken at bq.c:63; thread 3 waits in bq_take, "
		      "bq.c:72, for a mutex that thread 2 holds, taken at "
		      "bq.c:30; 1 more thread waits for the test");
	assert_null(thread_story_paragraph(none));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_thread_story__a_ring_comes_first),
		cmocka_unit_test(
			test_thread_story__a_ring_may_be_of_locks_and_joins),
		cmocka_unit_test(
			test_thread_story__a_mutex_may_be_locked_twice),
		cmocka_unit_test(
			test_thread_story__a_wait_with_a_limit_makes_no_ring),
		cmocka_unit_test(
			test_thread_story__a_tail_that_leads_into_a_ring_is_not_of_it),
		cmocka_unit_test(
			test_thread_story__a_lost_wake_up_has_nobody_left),
		cmocka_unit_test(
			test_thread_story__while_one_runs_there_is_somebody_left),
		cmocka_unit_test(
			test_thread_story__those_at_one_place_share_a_sentence),
		cmocka_unit_test(test_thread_story__a_sentence_names_a_few),
		cmocka_unit_test(
			test_thread_story__locks_of_ones_own_are_not_shared),
		cmocka_unit_test(
			test_thread_story__a_helper_is_told_with_its_caller),
		cmocka_unit_test(
			test_thread_story__a_thread_of_a_library_is_told_last),
		cmocka_unit_test(
			test_thread_story__every_kind_of_wait_has_words),
		cmocka_unit_test(
			test_thread_story__a_crash_is_told_with_its_callers),
		cmocka_unit_test(
			test_thread_story__a_crash_in_a_library_names_both),
		cmocka_unit_test(
			test_thread_story__a_refused_call_has_its_line),
		cmocka_unit_test(
			test_thread_story__without_stacks_says_what_is_known),
		cmocka_unit_test(
			test_thread_story__idle_threads_alone_are_counted),
		cmocka_unit_test(
			test_thread_story__another_wait_in_the_test_is_told),
		cmocka_unit_test(test_thread_story__many_threads_are_cut),
		cmocka_unit_test(
			test_thread_story__passes_over_what_makes_no_sense),
		cmocka_unit_test(test_thread_story__is_a_paragraph_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
