#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "boxthreads.h"
#include "text.h"
#include "threads_fixture.h"

static const json_t *at(const json_t *list, size_t index)
{
	return json_array_get(list, index);
}

static const json_t *in(const json_t *object, const char *key)
{
	return json_object_get(object, key);
}

static const char *text(const json_t *object, const char *key)
{
	const char *string = json_string_value(in(object, key));

	return string ? string : "(null)";
}

static json_int_t number(const json_t *object, const char *key)
{
	return json_integer_value(in(object, key));
}

/* What is read from a file with the @size first bytes of @threads. */
static void read_back(const struct box_threads *threads, size_t size,
		      struct boxthreads *ret)
{
	int fd = memfd_create("threads", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, threads, size), (ssize_t)size);
	boxthreads_read(fd, ret);
	assert_int_equal(close(fd), 0);
}

static void test_boxthreads__tells_who_waits_for_whom_and_where(void **state)
{
	json_auto_t *list = threads_told(threads_abba());
	const json_t *put = at(list, 1), *waits = in(put, "waits");
	const json_t *call = in(put, "syscall");

	(void)state;
	assert_int_equal(json_array_size(list), 3);
	assert_int_equal(number(put, "number"), 2);
	assert_int_equal(number(put, "thread"), 8);
	assert_int_equal(number(put, "process"), 7);
	assert_string_equal(text(put, "name"), "program");
	assert_string_equal(text(put, "state"), "S");
	assert_true(json_is_true(in(put, "for_good")));
	assert_string_equal(text(call, "name"), "futex");
	assert_string_equal(json_string_value(at(in(call, "args"), 0)),
			    "0x5555000");
	assert_string_equal(text(waits, "for"), "mutex");
	assert_string_equal(text(waits, "address"), "0x5555000");
	assert_int_equal(number(waits, "held_by"), 3);
	assert_true(json_is_false(in(waits, "limited")));
	assert_int_equal(number(in(waits, "taken_at"), "line"), 63);
	assert_true(json_is_null(in(waits, "descriptor")));
}

static void test_boxthreads__tells_whose_each_frame_is(void **state)
{
	static const struct {
		const char *file, *object, *shown, *whose;
	} cases[] = {
		{ "bq.c", "program", "bq.c", "submission" },
		{ "./bq.c", "program", "bq.c", "submission" },
		{ "/work/submission/bq.c", "program", "bq.c", "submission" },
		{ "/work/kit/driver.c", "program", "/work/kit/driver.c",
		  "exercise" },
		{ "/work/exercise/judge/shim.c", "program",
		  "/work/exercise/judge/shim.c", "exercise" },
		{ "./nptl/futex.c", "libc.so.6", "./nptl/futex.c", "system" },
		{ "../sysdeps/start.S", "program", "../sysdeps/start.S",
		  "system" },
		{ "/usr/include/stdlib.h", "program", "/usr/include/stdlib.h",
		  "system" },
		{ "/home/ada/x.c", "a.out", "/home/ada/x.c", "submission" },
		{ "", "program", "(null)", "system" },
		{ "", "", "(null)", "system" },
		{ "x.c", "[vdso]", "x.c", "system" },
	};
	struct box_threads *threads = threads_new();
	struct box_thread *thread = threads_add(threads, 7);
	json_t *list;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++)
		threads_frame(thread, "f", cases[i].file, 1, cases[i].object);
	list = threads_told(threads);
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		const json_t *frame = at(in(at(list, 0), "frames"), i);

		assert_string_equal(text(frame, "file"), cases[i].shown);
		assert_string_equal(text(frame, "whose"), cases[i].whose);
	}
	json_decref(list);
}

static void test_boxthreads__numbers_follow_the_kernels(void **state)
{
	struct box_threads *threads = threads_new();
	struct box_thread *late = threads_add(threads, 30);
	json_t *list;

	(void)state;
	(void)threads_add(threads, 7);
	threads_wait(late, BOX_WAIT_JOIN, 12);
	(void)threads_add(threads, 12);
	list = threads_told(threads);
	assert_int_equal(number(at(list, 0), "thread"), 7);
	assert_int_equal(number(at(list, 1), "thread"), 12);
	assert_int_equal(number(at(list, 2), "thread"), 30);
	assert_int_equal(number(at(list, 2), "number"), 3);
	assert_int_equal(number(in(at(list, 2), "waits"), "held_by"), 2);
	json_decref(list);
}

static void test_boxthreads__a_holder_that_is_gone_is_said(void **state)
{
	struct box_threads *threads = threads_abba();
	json_t *list;

	(void)state;
	threads->thread[1].wait_thread = 99;
	list = threads_told(threads);
	assert_true(json_is_null(in(in(at(list, 1), "waits"), "held_by")));
	assert_true(json_is_true(in(in(at(list, 1), "waits"), "ended")));
	json_decref(list);

	threads = threads_abba();
	threads->all = 100; /* it may be one that is not told */
	threads->thread[1].wait_thread = 99;
	list = threads_told(threads);
	assert_true(json_is_false(in(in(at(list, 1), "waits"), "ended")));
	json_decref(list);
}

static void test_boxthreads__says_what_is_missing(void **state)
{
	struct box_threads *threads = threads_abba();
	struct boxthreads told = { 0 };

	(void)state;
	boxthreads_take(threads, &told);
	assert_null(told.note);
	threads->all = 90;
	memcpy(threads->trouble, "no\nstacks", 9);
	boxthreads_take(threads, &told);
	assert_string_equal(told.note, "3 of 90 threads are told; no stacks");
	boxthreads_release(&told);
	assert_null(told.list);

	memset(threads->trouble, 0, sizeof threads->trouble);
	threads->threads = 1; /* the one that crashed is all there is to say */
	threads->thread[0].crashed = 1;
	boxthreads_take(threads, &told);
	assert_null(told.note);
	boxthreads_release(&told);
	free(threads);
}

static void test_boxthreads__reads_what_a_file_holds(void **state)
{
	struct box_threads *threads = threads_abba();
	struct boxthreads told = { 0 };
	const size_t three = offsetof(struct box_threads, thread) +
			     3 * sizeof *threads->thread;

	(void)state;
	read_back(threads, sizeof *threads, &told);
	assert_int_equal(json_array_size(told.list), 3);
	/* not more than there is needs to be there */
	read_back(threads, three, &told);
	assert_int_equal(json_array_size(told.list), 3);
	read_back(threads, three - 1, &told);
	assert_null(told.list);
	assert_non_null(told.note);
	read_back(threads, 0, &told);
	assert_null(told.list);
	threads->threads = BOX_THREADS_MAX + 1;
	read_back(threads, sizeof *threads, &told);
	assert_null(told.list);
	boxthreads_release(&told);
	free(threads);
}

static void test_boxthreads__never_waits_for_what_is_no_file(void **state)
{
	struct boxthreads told = { 0 };
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	boxthreads_read(ends[0], &told);
	assert_null(told.list);
	assert_non_null(told.note);
	boxthreads_read(-1, &told);
	assert_non_null(told.note);
	boxthreads_release(&told);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static void assert_clean(const json_t *value)
{
	const char *string = json_string_value(value), *key;
	json_t *child;
	size_t i;

	if (string) {
		AUTO_FREE char *clean = text_clean(string, strlen(string),
						   SIZE_MAX);

		assert_string_equal(string, clean);
	}
	json_array_foreach (value, i, child)
		assert_clean(child);
	/* clang-format off */
	json_object_foreach ((json_t *)(uintptr_t)value, key, child)
		assert_clean(child);
	/* clang-format on */
}

/* Whatever the bytes: no crash, and JSON that can be written. */
static void test_boxthreads__takes_any_bytes(void **state)
{
	struct box_threads *threads = threads_new();
	unsigned char *bytes = (unsigned char *)threads;
	uint64_t random = 88172645463325252;
	unsigned round, fill;
	size_t i;

	(void)state;
	for (round = 0; round < 12; round++) {
		struct boxthreads told = { 0 };
		AUTO_FREE char *dumped = NULL;

		fill = round == 0 ? 0xff : round == 1 ? 0x1b : 0;
		for (i = 0; i < sizeof *threads; i++) {
			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			bytes[i] = (unsigned char)(fill ? fill : random);
		}
		if (round % 2)
			threads->threads %= BOX_THREADS_MAX + 1;
		boxthreads_take(threads, &told);
		assert_non_null(told.list);
		assert_true(json_array_size(told.list) <= BOX_THREADS_MAX);
		dumped = json_dumps(told.list, JSON_COMPACT);
		assert_non_null(dumped);
		assert_clean(told.list);
		boxthreads_release(&told);
	}
	free(threads);
}

static void test_boxthreads__full_fields_have_no_end_of_their_own(void **state)
{
	struct box_threads *threads = threads_new();
	struct box_thread *thread = threads_add(threads, 7);
	struct box_frame *frame = &thread->frame[0];
	json_t *list;

	(void)state;
	thread->frames = UINT32_MAX;
	thread->wait = UINT32_MAX;
	memset(thread->name, 'n', sizeof thread->name);
	memset(frame->function, 'f', sizeof frame->function);
	memset(frame->file, '/', sizeof frame->file);
	memset(frame->object, 'o', sizeof frame->object);
	list = threads_told(threads);
	assert_int_equal(strlen(text(at(list, 0), "name")),
			 sizeof thread->name);
	assert_int_equal(json_array_size(in(at(list, 0), "frames")),
			 BOX_FRAMES_MAX);
	assert_int_equal(
		strlen(text(at(in(at(list, 0), "frames"), 0), "function")),
		sizeof frame->function);
	assert_string_equal(text(in(at(list, 0), "waits"), "for"), "other");
	json_decref(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_boxthreads__tells_who_waits_for_whom_and_where),
		cmocka_unit_test(test_boxthreads__tells_whose_each_frame_is),
		cmocka_unit_test(test_boxthreads__numbers_follow_the_kernels),
		cmocka_unit_test(
			test_boxthreads__a_holder_that_is_gone_is_said),
		cmocka_unit_test(test_boxthreads__says_what_is_missing),
		cmocka_unit_test(test_boxthreads__reads_what_a_file_holds),
		cmocka_unit_test(
			test_boxthreads__never_waits_for_what_is_no_file),
		cmocka_unit_test(test_boxthreads__takes_any_bytes),
		cmocka_unit_test(
			test_boxthreads__full_fields_have_no_end_of_their_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
