/*
 * test_request.c - what the box accepts as a request to run something
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <assay/box.h>

#include "request.h"

#define FDS 4 /* one file, three descriptors of the program */

/* A message that asks for "/bin/true" with one file and one output. */
struct message {
	struct box_run run;
	char strings[8192];
	size_t used;
};

static void add(struct message *message, const char *string)
{
	size_t size = strlen(string) + 1;

	assert_true(message->used + size <= sizeof message->strings);
	memcpy(message->strings + message->used, string, size);
	message->used += size;
}

static void fill(struct message *message, const char *file, const char *output)
{
	memset(message, 0, sizeof *message);
	message->run.type = BOX_RUN;
	message->run.args = 1;
	message->run.files = 1;
	message->run.outputs = 1;
	message->run.child_fds = 3;
	message->run.limits = (struct box_limits){
		.cpu_us = 1,
		.wall_us = 1,
		.memory_bytes = 1,
		.processes = 1,
		.open_files = 1,
		.file_bytes = 1,
		.output_bytes = 1,
		.stack_bytes = 1,
	};
	add(message, "/bin/true");
	add(message, "/work");
	add(message, file);
	add(message, output);
}

/* Parse the first @size bytes of @message with @fds descriptors. */
static int parse(struct message *message, size_t size, size_t fds)
{
	static const int numbers[BOX_FDS_MAX] = { 0 };
	struct request *request = calloc(1, sizeof *request);
	char *copy = malloc(size ? size : 1);
	struct error err = { 0 };
	int result;

	/* exactly as long as it is, so that a sanitizer sees any overrun */
	assert_non_null(request);
	assert_non_null(copy);
	memcpy(copy, message, size);
	result = request_parse(copy, size, numbers, fds, request, &err);
	assert_true(result == 0 || (result == -EPROTO && err.text[0]));
	free(copy);
	free(request);
	return result;
}

static size_t size_of(const struct message *message)
{
	return offsetof(struct message, strings) + message->used;
}

static void test_request__accepts_a_plain_run(void **state)
{
	struct message message;

	(void)state;
	fill(&message, "submission/bq.c", "program");
	assert_int_equal(parse(&message, size_of(&message), FDS), 0);
}

static void test_request__accepts_no_part_of_a_message(void **state)
{
	struct message message;
	size_t size;

	(void)state;
	fill(&message, "submission/bq.c", "program");
	for (size = 0; size < size_of(&message); size++)
		assert_int_equal(parse(&message, size, FDS), -EPROTO);
	add(&message, "one more");
	assert_int_equal(parse(&message, size_of(&message), FDS), -EPROTO);
}

static void test_request__keeps_paths_beneath_work(void **state)
{
	static const char *const bad[] = {
		"",	   "/etc/passwd", "..",	     "../x",  "a/../../x",
		"a/./b",   "a//b",	  "a/",	     ".",     "./a",
	};
	struct message message;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof *bad; i++) {
		fill(&message, bad[i], "program");
		assert_int_equal(parse(&message, size_of(&message), FDS),
				 -EPROTO);
		fill(&message, "a", bad[i]);
		assert_int_equal(parse(&message, size_of(&message), FDS),
				 -EPROTO);
	}
}

static void test_request__refuses_a_path_that_is_too_long(void **state)
{
	char path[BOX_PATH_MAX + 1];
	struct message message;

	(void)state;
	memset(path, 'a', sizeof path);
	path[BOX_PATH_MAX - 1] = '\0';
	fill(&message, path, "program");
	assert_int_equal(parse(&message, size_of(&message), FDS), 0);
	memset(path, 'a', sizeof path);
	path[BOX_PATH_MAX] = '\0';
	fill(&message, path, "program");
	assert_int_equal(parse(&message, size_of(&message), FDS), -EPROTO);
}

static void test_request__needs_every_limit(void **state)
{
	struct message message;
	uint64_t *limits = (uint64_t *)&message.run.limits;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof message.run.limits / sizeof *limits; i++) {
		fill(&message, "a", "program");
		limits[i] = 0;
		assert_int_equal(parse(&message, size_of(&message), FDS),
				 -EPROTO);
		limits[i] = UINT64_MAX;
		assert_int_equal(parse(&message, size_of(&message), FDS),
				 -EPROTO);
	}
}

static void test_request__refuses_counts_that_its_tables_do_not_hold(
	void **state)
{
	struct message message;
	uint32_t *const counts[] = {
		&message.run.profile, &message.run.network,
		&message.run.args,    &message.run.envs,
		&message.run.files,   &message.run.outputs,
		&message.run.child_fds,
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof counts / sizeof *counts; i++) {
		fill(&message, "a", "program");
		*counts[i] = 100000;
		assert_int_equal(parse(&message, size_of(&message), FDS),
				 -EPROTO);
		*counts[i] = UINT32_MAX;
		assert_int_equal(parse(&message, size_of(&message), FDS),
				 -EPROTO);
	}
}

static void test_request__knows_what_each_descriptor_is_for(void **state)
{
	struct message message;

	(void)state;
	fill(&message, "bq.c", "program");
	message.run.child_fd_kind[1] = BOX_CHILD_CAPTURE;
	assert_int_equal(parse(&message, size_of(&message), FDS), 0);
	message.run.child_fd_kind[1] = BOX_CHILD_CAPTURE + 1;
	assert_int_equal(parse(&message, size_of(&message), FDS), -EPROTO);
}

static void test_request__needs_the_descriptors_it_speaks_of(void **state)
{
	struct message message;
	size_t fds;

	(void)state;
	fill(&message, "a", "program");
	for (fds = 0; fds < 8; fds++)
		assert_int_equal(parse(&message, size_of(&message), fds),
				 fds == FDS ? 0 : -EPROTO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request__accepts_a_plain_run),
		cmocka_unit_test(test_request__accepts_no_part_of_a_message),
		cmocka_unit_test(test_request__keeps_paths_beneath_work),
		cmocka_unit_test(
			test_request__refuses_a_path_that_is_too_long),
		cmocka_unit_test(test_request__needs_every_limit),
		cmocka_unit_test(
			test_request__refuses_counts_that_its_tables_do_not_hold),
		cmocka_unit_test(
			test_request__knows_what_each_descriptor_is_for),
		cmocka_unit_test(
			test_request__needs_the_descriptors_it_speaks_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
