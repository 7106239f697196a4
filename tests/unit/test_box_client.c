/*
 * The harness's end of a box, against a box that only pretends: this program
 * itself, started again as "assay-sandbox", does what its --bind names.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <assay/cleanup.h>
#include <assay/message.h>

#include "box_client.h"
#include "boxthreads.h"
#include "threads_fixture.h"

/* ---- the box ---- */

static int threads_file(void)
{
	struct box_threads *threads = threads_abba();
	int fd = memfd_create("threads", MFD_CLOEXEC);

	CHECK(write(fd, threads, sizeof *threads) == sizeof *threads);
	free(threads);
	return fd;
}

static void say(const void *message, size_t size, const int *fds, size_t count)
{
	/* nobody may be listening any more */
	(void)message_send(BOX_SOCKET_FD, message, size, fds, count);
}

static void say_result(uint32_t threads, uint32_t collected)
{
	struct box_result result = {
		.type = BOX_RESULT,
		.outcome = BOX_KILLED,
		.threads = threads,
		.collected = collected ? 1 : 0,
	};
	int fds[2];
	size_t count = 0;

	if (collected)
		fds[count++] = memfd_create("collected", MFD_CLOEXEC);
	if (threads)
		fds[count++] = threads_file();
	say(&result, sizeof result, fds, count);
}

static void say_inspected(uint32_t alive)
{
	const struct box_inspected inspected = {
		.type = BOX_INSPECTED,
		.alive = alive,
		.for_good = alive,
	};

	say(&inspected, sizeof inspected, NULL, 0);
}

static void answer(const char *mode, uint32_t type)
{
	bool is_late = strcmp(mode, "/late") == 0;

	if (type == BOX_INSPECT && is_late) {
		say_result(0, 0); /* it ended before it could be looked at */
		say_inspected(0);
	} else if (type == BOX_INSPECT) {
		say_inspected(1);
	} else if (type == BOX_KILL) {
		say_result(strcmp(mode, "/bare") != 0,
			   strcmp(mode, "/both") == 0);
	}
}

static int pretend(const char *mode)
{
	static struct box_hello hello = {
		.type = BOX_HELLO,
		.protocol = BOX_PROTOCOL,
	};
	AUTO_FREE char *message = malloc(BOX_MESSAGE_MAX);
	int fds[BOX_FDS_MAX];
	size_t count;
	uint32_t type;

	CHECK(message);
	say(&hello, sizeof hello, NULL, 0);
	while (message_receive(BOX_SOCKET_FD, message, BOX_MESSAGE_MAX, fds,
			       BOX_FDS_MAX, &count) > 0) {
		memcpy(&type, message, sizeof type);
		answer(mode, type);
	}
	return 0;
}

/* ---- the owner ---- */

struct owner {
	uv_loop_t loop;
	struct box_client *client;
	unsigned runs;    /* over */
	unsigned looks;   /* answered */
	size_t collected; /* files of the last run */
	json_t *at_end;   /* the threads of the last run, or NULL */
	bool for_good;    /* of the last answer */
	bool fault;
};

static json_t *take(int fd)
{
	struct boxthreads threads = { 0 };

	if (fd < 0)
		return NULL;
	boxthreads_read(fd, &threads);
	free(threads.note);
	return threads.list;
}

static void done_cb(void *data, const struct box_result *result,
		    const struct box_files *files, const char *fault)
{
	struct owner *owner = data;
	size_t i;

	(void)result;
	owner->runs++;
	owner->fault = fault != NULL;
	owner->collected = files->count;
	json_decref(owner->at_end);
	owner->at_end = take(files->threads);
	for (i = 0; i < files->count; i++)
		(void)close(files->fds[i]);
}

static void inspected_cb(void *data, const struct box_inspected *inspected)
{
	struct owner *owner = data;

	owner->looks++;
	owner->for_good = inspected && inspected->for_good;
}

static void start_run(struct owner *owner)
{
	const struct box_limits limits = { .wall_us = 1000000 };
	struct boxspec spec;

	boxspec_init(&spec, BOX_PROFILE_RUN, &limits);
	boxspec_arg(&spec, "/bin/true");
	boxspec_cwd(&spec, "/work");
	box_client_run(owner->client, &spec, done_cb, owner);
}

/* Until a run has been sent: a hello has come by then. */
static void start(struct owner *owner, const char *mode, char **binds)
{
	memset(owner, 0, sizeof *owner);
	binds[0] = (char *)(uintptr_t)mode;
	(void)uv_loop_init(&owner->loop);
	owner->client = box_client_new(&owner->loop, "/proc/self/exe", binds,
				       0);
	start_run(owner);
	while (!box_client_hello(owner->client))
		(void)uv_run(&owner->loop, UV_RUN_ONCE);
}

static void run_until(struct owner *owner, const unsigned *count,
		      unsigned wanted)
{
	while (*count < wanted)
		(void)uv_run(&owner->loop, UV_RUN_ONCE);
}

static unsigned open_descriptors(void)
{
	unsigned count = 0;
	int fd;

	for (fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void finish(struct owner *owner)
{
	box_client_close(owner->client);
	(void)uv_run(&owner->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&owner->loop), 0);
	json_decref(owner->at_end);
}

static void test_box_client__asks_what_every_thread_is_doing(void **state)
{
	char *binds[2] = { NULL };
	struct owner owner;
	unsigned before;

	(void)state;
	start(&owner, "/plain", binds);
	before = open_descriptors();
	box_client_inspect(owner.client, inspected_cb, &owner);
	run_until(&owner, &owner.looks, 1);
	assert_true(owner.for_good);
	assert_int_equal(open_descriptors(), before);
	assert_int_equal(owner.runs, 0);
	box_client_kill(owner.client);
	run_until(&owner, &owner.runs, 1);
	assert_int_equal(owner.collected, 0);
	assert_int_equal(json_array_size(owner.at_end), 3);
	assert_int_equal(open_descriptors(), before);
	finish(&owner);
}

static void test_box_client__tells_threads_from_collected_files(void **state)
{
	char *binds[2] = { NULL };
	struct owner owner;

	(void)state;
	start(&owner, "/both", binds);
	box_client_kill(owner.client);
	run_until(&owner, &owner.runs, 1);
	assert_int_equal(owner.collected, 1);
	assert_int_equal(json_array_size(owner.at_end), 3);
	finish(&owner);

	start(&owner, "/bare", binds);
	box_client_kill(owner.client);
	run_until(&owner, &owner.runs, 1);
	assert_int_equal(owner.collected, 0);
	assert_null(owner.at_end);
	finish(&owner);
}

/* The answer that comes behind the end is nobody's, least of all the next
 * run's. */
static void test_box_client__a_late_answer_is_passed_over(void **state)
{
	char *binds[2] = { NULL };
	struct owner owner;

	(void)state;
	start(&owner, "/late", binds);
	box_client_inspect(owner.client, inspected_cb, &owner);
	run_until(&owner, &owner.runs, 1);
	assert_int_equal(owner.looks, 1);
	assert_false(owner.for_good);
	start_run(&owner);
	box_client_inspect(owner.client, inspected_cb, &owner);
	run_until(&owner, &owner.runs, 2);
	assert_int_equal(owner.looks, 2);
	assert_false(owner.fault);
	finish(&owner);
}

static void test_box_client__without_a_run_there_is_no_answer(void **state)
{
	char *binds[2] = { NULL };
	struct owner owner;

	(void)state;
	start(&owner, "/bare", binds);
	box_client_kill(owner.client);
	run_until(&owner, &owner.runs, 1);
	box_client_inspect(owner.client, inspected_cb, &owner);
	assert_int_equal(owner.looks, 1);
	finish(&owner);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_box_client__asks_what_every_thread_is_doing),
		cmocka_unit_test(
			test_box_client__tells_threads_from_collected_files),
		cmocka_unit_test(test_box_client__a_late_answer_is_passed_over),
		cmocka_unit_test(
			test_box_client__without_a_run_there_is_no_answer),
	};

	if (argc == 2 && strcmp(argv[1], "--sweep") == 0)
		return 0;
	if (argc > 0 && strcmp(argv[0], "assay-sandbox") == 0)
		return pretend(argc == 4 ? argv[3] : "");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
