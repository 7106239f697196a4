/* A build out of the store says what it said, and only a compiler's word is
 * kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include <assay/cleanup.h>

#include "build_kept.h"
#include "fdio.h"
#include "package.h"
#include "store.h"
#include "text.h"

#define KEY "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static int setup(void **state)
{
	*state = folder_new();
	return setenv("ASSAY_CACHE", *state, 1);
}

static int teardown(void **state)
{
	folder_remove(*state);
	return unsetenv("ASSAY_CACHE");
}

static int program_new(const char *text)
{
	int fd = memfd_create("program", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, text, strlen(text)), 0);
	return fd;
}

static struct build_result good_build(void)
{
	struct build_result build = {
		.ok = true,
		.box = { .type = BOX_RESULT,
			 .outcome = BOX_EXITED,
			 .mechanism = "waitid",
			 .wall_us = 70123,
			 .user_us = UINT64_C(60) << 32,
			 .anonymous_bytes = BOX_UNKNOWN,
			 .memory_source = "cgroup-v2" },
		.output = text_format("a word"),
		.scanned = true,
		.unsearchable = text_format("a.c:1: asm"),
	};

	build.diagnostics = json_pack("[{s:s, s:s, s:i}]", "kind", "warning",
				      "file", "a.c", "line", 3);
	return build;
}

static struct build_result bad_build(void)
{
	struct build_result build = good_build();

	build.ok = false;
	build.box.exit_status = 101;
	build.command = 1;
	(void)json_object_set_new(json_array_get(build.diagnostics, 0), "kind",
				  json_string("error"));
	return build;
}

static void test_build_kept__gives_back_what_was_said(void **state)
{
	struct build_result put = good_build(), got;
	AUTO_CLOSE int program = program_new("a program");
	AUTO_CLOSE int again = -1;
	AUTO_FREE char *text = NULL;
	size_t size;

	(void)state;
	assert_false(build_kept_get(KEY, &got, &again));
	build_kept_put(KEY, &put, program);
	assert_true(build_kept_get(KEY, &got, &again));
	assert_true(got.kept && got.ok && got.scanned);
	assert_null(got.fault);
	assert_memory_equal(&got.box, &put.box, sizeof put.box);
	assert_string_equal(got.output, put.output);
	assert_string_equal(got.unsearchable, put.unsearchable);
	assert_true(json_equal(got.diagnostics, put.diagnostics));
	text = fd_read_all(again, &size);
	assert_string_equal(text, "a program");
	build_result_release(&put);
	build_result_release(&got);
}

static void test_build_kept__keeps_errors_of_the_compiler(void **state)
{
	struct build_result put = bad_build(), got;
	int program;

	(void)state;
	build_kept_put(KEY, &put, -1);
	assert_true(build_kept_get(KEY, &got, &program));
	assert_false(got.ok);
	assert_int_equal(program, -1);
	assert_int_equal(got.command, 1);
	assert_int_equal(got.box.exit_status, 101);
	build_result_release(&put);
	build_result_release(&got);
}

static void assert_not_kept(struct build_result *build)
{
	struct build_result got;
	int program;

	build_kept_put(KEY, build, -1);
	assert_false(build_kept_get(KEY, &got, &program));
	build_result_release(build);
}

/* What a limit or the host ended may end otherwise. */
static void test_build_kept__keeps_nothing_that_was_cut_short(void **state)
{
	struct build_result build = bad_build();

	(void)state;
	build.box.outcome = BOX_MEMORY_LIMIT;
	assert_not_kept(&build);
	build = bad_build();
	build.box.outcome = BOX_SIGNALED;
	assert_not_kept(&build);
	build = bad_build();
	build.fault = text_format("the box was killed by signal 9");
	assert_not_kept(&build);
	build = bad_build();
	build.box.processes_refused = 1;
	assert_not_kept(&build);
	/* "cc1: out of memory allocating 16 bytes" */
	build = bad_build();
	(void)json_array_clear(build.diagnostics);
	assert_not_kept(&build);
	/* it ended well, and left no program */
	build = bad_build();
	build.box.exit_status = 0;
	assert_not_kept(&build);
}

static void test_build_kept__does_not_take_a_note_of_another_kind(void **state)
{
	static const char *const notes[] = { "", "{}", "[1]",
					     "{\"diagnostics\":[]}",
					     "{\"diagnostics\":[],\"box\":1}" };
	AUTO_CLOSE int program = program_new("a program");
	struct build_result got;
	size_t i;
	int fd;

	(void)state;
	for (i = 0; i < sizeof notes / sizeof notes[0]; i++) {
		store_put(KEY, notes[i], program);
		assert_false(build_kept_get(KEY, &got, &fd));
		assert_int_equal(fd, -1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define KEPT_TEST(name)                                                 \
	cmocka_unit_test_setup_teardown(test_build_kept__##name, setup, \
					teardown)
		KEPT_TEST(gives_back_what_was_said),
		KEPT_TEST(keeps_errors_of_the_compiler),
		KEPT_TEST(keeps_nothing_that_was_cut_short),
		KEPT_TEST(does_not_take_a_note_of_another_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
