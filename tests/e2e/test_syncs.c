/*
 * What makes data durable: counted by the box, and held when it is told to.
 * Programs are lines of Python that say with a byte on descriptor 3 how far
 * they are, and go on when there is one on descriptor 0.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <uv.h>

#include <assay/cleanup.h>

#include "box_client.h"
#include "build.h"
#include "loop.h"
#include "process.h"

#define PATIENCE_MS 20000
#define PRELUDE                                                   \
	"import os, signal, socket, threading\n"                  \
	"file = os.open('file', os.O_RDWR | os.O_CREAT, 0o600)\n" \
	"os.write(file, b'x')\n"                                  \
	"def say():\n"                                            \
	"    os.write(3, b'!')\n"                                 \
	"def wait():\n"                                           \
	"    os.read(0, 1)\n"

struct subject {
	uv_loop_t loop;
	char *sandbox;
	struct box_client *client;
	int to, from; /* our ends */
	bool over;
	struct box_result result;
	bool probed, inspected;
	struct box_probed probe;
	struct box_inspected look;
};

static int setup(void **state)
{
	struct subject *subject = calloc(1, sizeof *subject);

	CHECK(subject);
	subject->to = subject->from = -1;
	subject->sandbox = build_path("assay-sandbox");
	loop_open(&subject->loop);
	subject->client = box_client_new(&subject->loop, subject->sandbox, NULL,
					 0);
	*state = subject;
	return 0;
}

static void done_cb(void *data, const struct box_result *result,
		    const struct box_files *files, const char *fault)
{
	struct subject *subject = data;

	(void)files;
	if (fault)
		fail_msg("%s", fault);
	subject->over = true;
	subject->result = *result;
}

/* Start @code, held from its beginning if @hold. */
static void start(struct subject *subject, const char *code, bool hold,
		  uint64_t wall_us)
{
	const struct box_limits limits = {
		.cpu_us = 10000000,
		.wall_us = wall_us,
		.memory_bytes = 64u << 20,
		.processes = 8,
		.open_files = 32,
		.file_bytes = 1u << 20,
		.output_bytes = 1u << 16,
		.stack_bytes = 8u << 20,
	};
	AUTO_CLOSE int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int in[2], out[2];
	struct boxspec spec;

	CHECK(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0);
	boxspec_init(&spec, BOX_PROFILE_DIALOGUE, &limits);
	boxspec_arg(&spec, "/usr/bin/python3");
	boxspec_arg(&spec, "-Ic");
	boxspec_arg(&spec, code);
	build_environment(&spec);
	boxspec_cwd(&spec, "/work");
	boxspec_fd(&spec, in[0], BOX_CHILD_DIRECT);
	boxspec_fd(&spec, null, BOX_CHILD_DIRECT);
	boxspec_fd(&spec, STDERR_FILENO, BOX_CHILD_DIRECT);
	boxspec_fd(&spec, out[1], BOX_CHILD_DIRECT);
	subject->over = false;
	box_client_run(subject->client, &spec, done_cb, subject);
	if (hold)
		box_client_hold_syncs(subject->client, true);
	(void)close(in[0]);
	(void)close(out[1]);
	subject->to = in[1];
	subject->from = out[0];
}

static void finish(struct subject *subject)
{
	while (box_client_busy(subject->client))
		(void)uv_run(&subject->loop, UV_RUN_ONCE);
	(void)close(subject->to);
	(void)close(subject->from);
	subject->to = subject->from = -1;
}

static int teardown(void **state)
{
	struct subject *subject = *state;

	box_client_kill(subject->client);
	finish(subject);
	box_client_close(subject->client);
	(void)uv_run(&subject->loop, UV_RUN_DEFAULT);
	(void)uv_loop_close(&subject->loop);
	free(subject->sandbox);
	free(subject);
	return 0;
}

static void probed_cb(void *data, const struct box_probed *probed)
{
	struct subject *subject = data;

	subject->probed = true;
	subject->probe = probed ? *probed : (struct box_probed){ 0 };
}

static const struct box_probed *probe(struct subject *subject)
{
	subject->probed = false;
	(void)uv_run(&subject->loop, UV_RUN_NOWAIT);
	box_client_probe(subject->client, probed_cb, subject);
	while (!subject->probed)
		(void)uv_run(&subject->loop, UV_RUN_ONCE);
	return &subject->probe;
}

static void inspected_cb(void *data, const struct box_inspected *inspected)
{
	struct subject *subject = data;

	subject->inspected = true;
	assert_non_null(inspected);
	subject->look = *inspected;
}

static const struct box_inspected *look(struct subject *subject)
{
	subject->inspected = false;
	box_client_inspect(subject->client, inspected_cb, subject);
	while (!subject->inspected)
		(void)uv_run(&subject->loop, UV_RUN_ONCE);
	return &subject->look;
}

/* Until @count calls wait, which they do soon or never. */
static void wait_held(struct subject *subject, unsigned count)
{
	uint64_t until = uv_hrtime() + PATIENCE_MS * UINT64_C(1000000);

	while (probe(subject)->syncs_held != count)
		if (subject->over || uv_hrtime() > until)
			fail_msg("%u calls wait, expected %u",
				 subject->probe.syncs_held, count);
}

/* Whether the program says something within @ms. */
static bool heard(struct subject *subject, int ms)
{
	struct pollfd from = { .fd = subject->from, .events = POLLIN };
	char byte;

	return poll(&from, 1, ms) == 1 && read(from.fd, &byte, 1) == 1;
}

static void go_on(struct subject *subject)
{
	assert_int_equal(write(subject->to, "!", 1), 1);
}

static void test_syncs__are_counted(void **state)
{
	struct subject *subject = *state;

	start(subject,
	      PRELUDE "os.fsync(file)\nos.fdatasync(file)\nos.sync()\n"
		      "os.fsync(file)\nsay()\nwait()\n",
	      false, PATIENCE_MS * 1000);
	while (!heard(subject, 1))
		(void)probe(subject);
	assert_int_equal(probe(subject)->syncs, 4);
	assert_int_equal(subject->probe.syncs_held, 0);
}

static void test_syncs__wait_until_they_are_released(void **state)
{
	struct subject *subject = *state;

	start(subject, PRELUDE "os.fsync(file)\nsay()\nwait()\n", true,
	      PATIENCE_MS * 1000);
	wait_held(subject, 1);
	assert_false(heard(subject, 50));
	box_client_hold_syncs(subject->client, false);
	assert_int_equal(probe(subject)->syncs_held, 0);
	assert_true(heard(subject, PATIENCE_MS));
	assert_int_equal(probe(subject)->syncs, 1);
}

static void test_syncs__that_wait_are_no_hang_and_stay_one_call(void **state)
{
	struct subject *subject = *state;
	unsigned i;

	start(subject, PRELUDE "os.fsync(file)\nsay()\n", true,
	      PATIENCE_MS * 1000);
	wait_held(subject, 1);
	for (i = 0; i < 5; i++) {
		assert_int_equal(look(subject)->for_good, 0);
		assert_int_equal(probe(subject)->syncs_held, 1);
	}
	assert_int_equal(subject->probe.syncs, 1);
	box_client_hold_syncs(subject->client, false);
	finish(subject);
	assert_int_equal(subject->result.outcome, BOX_EXITED);
}

static void test_syncs__outlast_signals(void **state)
{
	struct subject *subject = *state;
	unsigned i;

	start(subject,
	      PRELUDE "signal.signal(signal.SIGALRM, lambda *a: say())\n"
		      "signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)\n"
		      "os.fsync(file)\n"
		      "signal.setitimer(signal.ITIMER_REAL, 0)\n",
	      true, PATIENCE_MS * 1000);
	wait_held(subject, 1);
	for (i = 0; i < 10; i++) {
		while (!heard(subject, 1))
			(void)probe(subject);
		assert_int_equal(probe(subject)->syncs, 1);
		assert_int_equal(subject->probe.syncs_held, 1);
	}
	box_client_hold_syncs(subject->client, false);
	finish(subject);
	assert_int_equal(subject->result.outcome, BOX_EXITED);
}

static void test_syncs__of_the_dead_wait_no_more(void **state)
{
	struct subject *subject = *state;

	start(subject,
	      PRELUDE "child = os.fork()\n"
		      "if child == 0:\n    os.fsync(file)\n"
		      "wait()\nos.kill(child, 9)\nos.waitpid(child, 0)\nsay()\n"
		      "wait()\nos.fsync(file)\n",
	      true, PATIENCE_MS * 1000);
	wait_held(subject, 1);
	go_on(subject);
	assert_true(heard(subject, PATIENCE_MS));
	assert_int_equal(probe(subject)->syncs_held, 0);
	go_on(subject);
	wait_held(subject, 1);
	assert_int_equal(subject->probe.syncs, 2);
	box_client_hold_syncs(subject->client, false);
	finish(subject);
	assert_int_equal(subject->result.outcome, BOX_EXITED);
}

static void test_syncs__that_wait_stop_no_clock(void **state)
{
	struct subject *subject = *state;

	start(subject, PRELUDE "os.fsync(file)\n", true, 1000000);
	finish(subject);
	assert_int_equal(subject->result.outcome, BOX_WALL_LIMIT);
}

static void test_syncs__that_wait_hide_no_refused_call(void **state)
{
	struct subject *subject = *state;

	start(subject,
	      PRELUDE "threading.Thread(target=os.fsync, args=(file,))"
		      ".start()\nwait()\nsocket.socket()\n",
	      true, PATIENCE_MS * 1000);
	wait_held(subject, 1);
	go_on(subject);
	finish(subject);
	assert_int_equal(subject->result.outcome, BOX_FORBIDDEN_SYSCALL);
	assert_string_equal(subject->result.syscall_name, "socket");
}

static void test_syncs__of_the_next_run_are_its_own(void **state)
{
	struct subject *subject = *state;

	start(subject, PRELUDE "os.fsync(file)\n", true, PATIENCE_MS * 1000);
	wait_held(subject, 1);
	box_client_kill(subject->client);
	finish(subject);
	assert_int_equal(subject->result.outcome, BOX_KILLED);
	/* too late, and for nobody */
	box_client_hold_syncs(subject->client, true);
	start(subject, PRELUDE "os.fsync(file)\n", false, PATIENCE_MS * 1000);
	finish(subject);
	assert_int_equal(subject->result.outcome, BOX_EXITED);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_syncs__are_counted),
		TEST(test_syncs__wait_until_they_are_released),
		TEST(test_syncs__that_wait_are_no_hang_and_stay_one_call),
		TEST(test_syncs__outlast_signals),
		TEST(test_syncs__of_the_dead_wait_no_more),
		TEST(test_syncs__that_wait_stop_no_clock),
		TEST(test_syncs__that_wait_hide_no_refused_call),
		TEST(test_syncs__of_the_next_run_are_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
