#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "sanitizer.h"

/* What gcc 12.2's libtsan prints, run here. */
#define RACE                                                                  \
	"==================\n"                                                \
	"WARNING: ThreadSanitizer: data race (pid=42)\n"                      \
	"  Read of size 4 at 0x7b0400000000 by thread T2:\n"                  \
	"    #0 memcpy ../../../../src/libsanitizer/tsan/tsan.cpp:61 "        \
	"(libtsan.so.2+0x3ee50)\n"                                            \
	"    #1 bq_len /work/submission/bq.c:41 (program+0x128f)\n"           \
	"    #2 worker /work/submission/../exercise/judge/driver.c:7 "        \
	"(program+0x1290)\n"                                                  \
	"    #3 start <null> (libc.so.6+0x88fd3)\n"                           \
	"\n"                                                                  \
	"  Previous write of size 4 at 0x7b0400000000 by thread T1 "          \
	"(mutexes: write M0):\n"                                              \
	"    #0 bq_put /work/submission/bq.c:30:9 (program+0x129c)\n"         \
	"\n"                                                                  \
	"  Thread T2 (tid=44, running) created by main thread at:\n"          \
	"    #0 pthread_create ../../../../src/libsanitizer/tsan/x.cpp:1001 " \
	"(libtsan.so.2+0x5e686)\n"                                            \
	"    #1 main /work/exercise/judge/driver.c:10 (program+0x135e)\n"     \
	"\n"                                                                  \
	"SUMMARY: ThreadSanitizer: data race bq.c:41 in bq_len\n"             \
	"==================\n"

#define INVERSION                                                              \
	"WARNING: ThreadSanitizer: lock-order-inversion (potential deadlock) " \
	"(pid=4258)\n"                                                         \
	"  Cycle in lock order graph: M0 (0x5555) => M1 (0x5556) => M0\n"      \
	"\n"                                                                   \
	"  Mutex M1 acquired here while holding mutex M0 in thread T1:\n"      \
	"    #0 pthread_mutex_lock ../../../../src/libsanitizer/s.inc:4324 "   \
	"(libtsan.so.2+0x558e1)\n"                                             \
	"    #1 one /work/submission/bq.c:8 (program+0x12c2)\n"                \
	"\n"                                                                   \
	"    Hint: use TSAN_OPTIONS=second_deadlock_stack=1 to get more\n"     \
	"\n"                                                                   \
	"  Mutex M0 acquired here while holding mutex M1 in thread T3:\n"      \
	"    #0 two /work/submission/bq.c:9 (program+0x1236)\n"                \
	"\n"                                                                   \
	"SUMMARY: ThreadSanitizer: lock-order-inversion\n"

#define USE_AFTER_FREE                                                        \
	"==4276==ERROR: AddressSanitizer: heap-use-after-free on address "    \
	"0x602000000011 at pc 0x5555 bp 0x7ff sp 0x7fe\n"                     \
	"WRITE of size 1 at 0x602000000011 thread T0\n"                       \
	"    #0 0x55555555530f in bq_put /work/submission/bq.c:7\n"           \
	"    #1 0x7ffff7645249 in __libc_start_call_main ../sysdeps/x.h:58\n" \
	"    #2 0x555555555110 in _start (/work/program+0x1110)\n"            \
	"\n"                                                                  \
	"0x602000000011 is located 1 bytes inside of 10-byte region\n"        \
	"freed by thread T0 here:\n"                                          \
	"    #0 0x7ffff78b76a8 in __interceptor_free ../src/asan.cpp:52\n"    \
	"    #1 0x5555555552d3 in bq_destroy /work/submission/bq.c:60\n"      \
	"\n"                                                                  \
	"SUMMARY: AddressSanitizer: heap-use-after-free bq.c:7 in bq_put\n"   \
	"Shadow bytes around the buggy address:\n"                            \
	"    #0 no frame\n"

#define SEGV                                                                  \
	"AddressSanitizer:DEADLYSIGNAL\n"                                     \
	"=================================================================\n" \
	"==4281==ERROR: AddressSanitizer: SEGV on unknown address "           \
	"0x000000000000 (pc 0x5555 bp 0x7ff sp 0x7fe T0)\n"                   \
	"==4281==The signal is caused by a WRITE memory access.\n"            \
	"==4281==Hint: address points to the zero page.\n"                    \
	"    #0 0x555555555387 in bq_get /work/submission/bq.c:9\n"           \
	"SUMMARY: AddressSanitizer: SEGV bq.c:9 in bq_get\n"

#define LEAK                                                                 \
	"==4278==ERROR: LeakSanitizer: detected memory leaks\n"              \
	"\n"                                                                 \
	"Direct leak of 77 byte(s) in 1 object(s) allocated from:\n"         \
	"    #0 0x7ffff78b89cf in __interceptor_malloc ../src/asan.cpp:69\n" \
	"    #1 0x555555555322 in bq_new /work/submission/bq.c:8\n"          \
	"\n"                                                                 \
	"SUMMARY: AddressSanitizer: 77 byte(s) leaked in 1 allocation(s).\n"

static json_t *parse(const char *text)
{
	return sanitizer_parse(text, strlen(text));
}

static const char *string_at(json_t *reports, size_t index, const char *key)
{
	return json_string_value(
		json_object_get(json_array_get(reports, index), key));
}

static json_t *stack_at(json_t *reports, size_t stack)
{
	return json_array_get(
		json_object_get(json_array_get(reports, 0), "stacks"), stack);
}

static const char *frame_at(json_t *reports, size_t stack, size_t frame,
			    const char *key)
{
	json_t *frames = json_object_get(stack_at(reports, stack), "frames");

	return json_string_value(
		json_object_get(json_array_get(frames, frame), key));
}

static void assert_summary(const char *text, const char *expected)
{
	json_auto_t *reports = parse(text);
	AUTO_FREE char *summary = sanitizer_summary(reports);

	assert_non_null(summary);
	assert_string_equal(summary, expected);
}

static void
test_sanitizer__a_race_has_both_sides_in_the_candidates_files(void **state)
{
	json_auto_t *reports = parse("hello\n" RACE "bye\n");

	(void)state;
	assert_int_equal(json_array_size(reports), 1);
	assert_string_equal(string_at(reports, 0, "kind"), "data race");
	assert_string_equal(string_at(reports, 0, "tool"), "ThreadSanitizer");
	assert_string_equal(string_at(reports, 0, "file"), "bq.c");
	assert_string_equal(frame_at(reports, 0, 0, "function"), "bq_len");
	assert_string_equal(frame_at(reports, 1, 0, "file"), "bq.c");
	assert_string_equal(json_string_value(json_object_get(
				    stack_at(reports, 0), "what")),
			    "Read of size 4 at ... by thread T2");
}

static void
test_sanitizer__frames_of_the_driver_are_not_the_candidates(void **state)
{
	json_auto_t *reports = parse(RACE);

	(void)state;
	assert_string_equal(frame_at(reports, 0, 1, "file"),
			    "/work/exercise/judge/driver.c");
	assert_string_equal(frame_at(reports, 2, 0, "file"),
			    "/work/exercise/judge/driver.c");
	assert_null(sanitizer_own_frame(json_array_get(reports, 0), 2));
	assert_null(frame_at(reports, 0, 2, "file"));
	assert_string_equal(frame_at(reports, 0, 2, "function"), "start");
}

static void test_sanitizer__the_same_race_twice_is_one(void **state)
{
	json_auto_t *reports = parse(RACE RACE INVERSION RACE);

	(void)state;
	assert_int_equal(json_array_size(reports), 2);
	assert_string_equal(string_at(reports, 1, "kind"),
			    "lock-order-inversion");
}

static void test_sanitizer__summaries_say_who_did_what_where(void **state)
{
	(void)state;
	assert_summary(RACE, "data race: bq_len reads at bq.c:41 what bq_put "
			     "wrote at bq.c:30");
	assert_summary(INVERSION, "lock-order-inversion at bq.c:8 in one and "
				  "bq.c:9 in two");
	assert_summary(USE_AFTER_FREE,
		       "heap-use-after-free at bq.c:7 in bq_put, freed at "
		       "bq.c:60 in bq_destroy");
	assert_summary(SEGV, "SEGV at bq.c:9 in bq_get");
	assert_summary(LEAK, "memory leak at bq.c:8 in bq_new");
	assert_summary("/work/submission/bq.c:4:58: runtime error: index 4 "
		       "out of bounds\n",
		       "undefined behaviour at bq.c:4");
}

static void test_sanitizer__memory_errors_are_told_by_kind(void **state)
{
	json_auto_t *reports = parse(
		USE_AFTER_FREE SEGV LEAK
		"==1==ERROR: AddressSanitizer: attempting double-free on "
		"0x602 in thread T0:\n    #0 0x1 in f "
		"/work/submission/a.c:1\n"
		"==1==ERROR: AddressSanitizer: attempting free on address "
		"which was not malloc()-ed: 0x602 in thread T0\n");

	(void)state;
	assert_int_equal(json_array_size(reports), 5);
	assert_string_equal(string_at(reports, 0, "kind"),
			    "heap-use-after-free");
	assert_string_equal(string_at(reports, 1, "kind"), "SEGV");
	assert_string_equal(string_at(reports, 2, "kind"), "memory leak");
	assert_string_equal(string_at(reports, 3, "kind"), "double-free");
	assert_string_equal(string_at(reports, 4, "kind"), "bad-free");
}

static void test_sanitizer__silence_and_other_text_give_no_report(void **state)
{
	json_auto_t *reports = parse("FATAL: ThreadSanitizer: unexpected "
				     "memory mapping\nhello\n#0 main\n");
	AUTO_FREE char *summary = sanitizer_summary(reports);

	(void)state;
	assert_int_equal(json_array_size(reports), 0);
	assert_null(summary);
	assert_null(sanitizer_summary(NULL));
}

static void
test_sanitizer__a_log_cut_anywhere_is_kept_as_far_as_it_goes(void **state)
{
	static const char text[] = RACE USE_AFTER_FREE;
	size_t size;

	(void)state;
	for (size = 0; size <= strlen(text); size++) {
		json_auto_t *reports = sanitizer_parse(text, size);
		AUTO_FREE char *summary = sanitizer_summary(reports);

		assert_true(json_array_size(reports) <= 2);
		if (size > 80)
			assert_non_null(summary);
	}
}

static void test_sanitizer__reports_are_bounded(void **state)
{
	AUTO_FREE char *text = NULL;
	json_auto_t *reports = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	int i, frame;

	(void)state;
	for (i = 0; i < 1000; i++) {
		(void)fprintf(out,
			      "WARNING: ThreadSanitizer: data race (pid=1)\n"
			      "  Read of size 4 at 0x7b by thread T2:\n");
		for (frame = 0; frame < 100; frame++)
			(void)fprintf(out,
				      "    #%d f /work/submission/a.c:%d "
				      "(program+0x1)\n",
				      frame, i + 1);
	}
	assert_int_equal(fclose(out), 0);
	reports = sanitizer_parse(text, size);
	assert_int_equal(json_array_size(reports), SANITIZER_REPORTS_MAX);
	assert_true(json_array_size(json_object_get(stack_at(reports, 0),
						    "frames")) < 100);
}

static void test_sanitizer__hostile_bytes_give_valid_json(void **state)
{
	static const char head[] =
		"WARNING: ThreadSanitizer: \xff\x1b[2J\x00 (pid=1)\n"
		"  Read \xc0\xaf at 0x0x0x0x:\n"
		"    #0  (\n    #0 :9999999999999999999999\n    #0 a b:\n"
		"    #00000000000000000000000 0x in \n    #1 0x\n"
		"    #2 \xff\xfe:1 (+0x)\n    #3 0x(+0x)\n[failed to restore "
		"the stack]\n";
	AUTO_FREE char *text = malloc(1 << 20);
	json_auto_t *reports = NULL;
	AUTO_FREE char *dumped = NULL;

	(void)state;
	assert_non_null(text);
	memset(text, '#', 1 << 20);
	memcpy(text, head, sizeof head - 1);
	reports = sanitizer_parse(text, 1 << 20);
	assert_int_equal(json_array_size(reports), 1);
	dumped = json_dumps(reports, 0);
	assert_non_null(dumped);
	assert_null(strstr(dumped, "\\u001"));
	assert_true(strlen(dumped) < 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_sanitizer__a_race_has_both_sides_in_the_candidates_files),
		cmocka_unit_test(
			test_sanitizer__frames_of_the_driver_are_not_the_candidates),
		cmocka_unit_test(test_sanitizer__the_same_race_twice_is_one),
		cmocka_unit_test(
			test_sanitizer__summaries_say_who_did_what_where),
		cmocka_unit_test(
			test_sanitizer__memory_errors_are_told_by_kind),
		cmocka_unit_test(
			test_sanitizer__silence_and_other_text_give_no_report),
		cmocka_unit_test(
			test_sanitizer__a_log_cut_anywhere_is_kept_as_far_as_it_goes),
		cmocka_unit_test(test_sanitizer__reports_are_bounded),
		cmocka_unit_test(test_sanitizer__hostile_bytes_give_valid_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
