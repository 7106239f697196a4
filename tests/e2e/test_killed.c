/*
 * SIGKILL in the middle of a batch, to a box or to the harness.
 *
 * The submissions are the reference, made to take a second in the first test:
 * that is the middle.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "census.h"
#include "process.h"
#include "scratch.h"
#include "text.h"

#define SOLUTION "exercises/" BOUNDED_QUEUE "/solution/c"
#define PATIENCE_MS 60000
#define GONE_WITHIN_MS 2000

static void sleep_ms(long ms)
{
	const struct timespec time = { ms / 1000, ms % 1000 * 1000000 };

	(void)nanosleep(&time, NULL);
}

static void add_slow_submission(const char *scratch, const char *name)
{
	AUTO_FREE char *path = scratch_submission(scratch, name, SOLUTION);
	AUTO_FREE char *code = scratch_read(path, "bq.c");
	AUTO_FREE char *slow = text_format("#define bq_new quick_new\n"
					   "%s"
					   "#undef bq_new\n"
					   "#include <unistd.h>\n"
					   "bq_t *bq_new(size_t capacity);\n"
					   "bq_t *bq_new(size_t capacity)\n"
					   "{\n"
					   "	if (capacity == 2)\n"
					   "		sleep(1);\n"
					   "	return quick_new(capacity);\n"
					   "}\n",
					   code);

	free(scratch_write(path, "bq.c", slow));
}

/* "assay grade a b" of two slow submissions, under way. */
static struct process start_batch(const char *scratch)
{
	AUTO_FREE char *tmp = scratch_path(scratch, "tmp");
	AUTO_FREE char *variable = text_format("TMPDIR=%s", tmp);
	const struct process_options options = { .folder = scratch,
						 .env = { variable } };
	static const char *const argv[] = { "assay",  "grade", "--quiet",
					    "--jobs", "2",     "--out",
					    "out",    "a",     "b",
					    NULL };
	struct process process;

	assert_int_equal(mkdir(tmp, 0755), 0);
	add_slow_submission(scratch, "a");
	add_slow_submission(scratch, "b");
	process_start(&process, argv, &options);
	return process;
}

static pid_t parent_in(const struct census *census, pid_t pid)
{
	size_t i;

	for (i = 0; i < census->count; i++)
		if (census->processes[i].pid == pid)
			return census->processes[i].parent;
	return 0;
}

/* The box of @harness that has a submission's program in it; 0: none now. */
static pid_t box_at_work(const struct census *census, pid_t harness)
{
	pid_t pid, parent;
	size_t i;

	for (i = 0; i < census->count; i++) {
		if (strcmp(census->processes[i].name, "program") != 0)
			continue;
		pid = census->processes[i].pid;
		while ((parent = parent_in(census, pid)) && parent != harness)
			pid = parent;
		if (parent == harness)
			return pid;
	}
	return 0;
}

static pid_t program_in(const struct census *census)
{
	size_t i;

	for (i = 0; i < census->count; i++)
		if (strcmp(census->processes[i].name, "program") == 0)
			return census->processes[i].pid;
	return 0;
}

/* Wait until a submission's program runs. Returns its box. */
static pid_t await_middle(struct census *census, pid_t harness)
{
	pid_t box;
	int ms;

	for (ms = 0; ms < PATIENCE_MS; ms += 5) {
		census_take(census, harness);
		box = box_at_work(census, harness);
		if (box)
			return box;
		sleep_ms(5);
	}
	fail_msg("no program has been started");
	return 0;
}

static json_t *report_of(const char *scratch, const char *id)
{
	AUTO_FREE char *name = text_format("out/reports/%s.json", id);

	return scratch_json(scratch, name);
}

static const char *status(const json_t *report)
{
	return json_text(json_object_get(report, "score"), "status");
}

static double retries(const json_t *report)
{
	double sum = 0;
	json_t *test;
	size_t i;

	json_array_foreach (json_object_get(report, "tests"), i, test)
		sum += json_value(test, "retries");
	return sum;
}

/* ---- what may be left behind ---- */

static char *mounts(void)
{
	return scratch_read("/proc/self", "mountinfo");
}

static void assert_gone(const struct census *census)
{
	int ms;

	for (ms = 0; ms < GONE_WITHIN_MS && census_alive(census) > 0; ms += 20)
		sleep_ms(20);
	assert_int_equal(census_alive(census), 0);
}

/* ---- a box ---- */

static void test_killed__a_box_costs_a_retry_and_no_point(void **state)
{
	struct process process = start_batch(*state);
	struct census census;
	json_t *a, *b;

	assert_int_equal(kill(await_middle(&census, process.pid), SIGKILL), 0);
	process_wait(&process);
	assert_status(&process, 0);
	assert_int_equal(census_alive(&census), 0);
	assert_int_equal(census_cgroups(&census), 0);
	a = report_of(*state, "a");
	b = report_of(*state, "b");
	assert_string_equal(status(a), "pass");
	assert_string_equal(status(b), "pass");
	assert_true(retries(a) + retries(b) >= 1);
	assert_string_equal(json_text(a, "verdict_digest"),
			    json_text(b, "verdict_digest"));
	json_decref(a);
	json_decref(b);
	process_release(&process);
}

/* By an operator, by a scheduler of jobs whose time is over. */
static void test_killed__a_program_costs_a_retry_and_no_point(void **state)
{
	struct process process = start_batch(*state);
	struct census census;
	json_t *a, *b;

	(void)await_middle(&census, process.pid);
	assert_int_equal(kill(program_in(&census), SIGKILL), 0);
	process_wait(&process);
	assert_status(&process, 0);
	a = report_of(*state, "a");
	b = report_of(*state, "b");
	assert_string_equal(status(a), "pass");
	assert_string_equal(status(b), "pass");
	assert_true(retries(a) + retries(b) >= 1);
	json_decref(a);
	json_decref(b);
	process_release(&process);
}

struct killer {
	pthread_t thread;
	pid_t harness;
	atomic_bool stop;
};

/* Kills each box that has a program in it, as long as there is one. */
static void *kill_boxes(void *data)
{
	struct killer *killer = data;
	struct census census;
	pid_t box;

	while (!atomic_load(&killer->stop)) {
		census_take(&census, killer->harness);
		box = box_at_work(&census, killer->harness);
		if (box)
			(void)kill(box, SIGKILL);
		sleep_ms(1);
	}
	return NULL;
}

/* Nobody loses a point by it, and nobody gains one. */
static void test_killed__boxes_killed_for_ever_leave_it_undecided(void **state)
{
	struct process process = start_batch(*state);
	struct killer killer = { .harness = process.pid };
	const json_t *test;
	json_t *a;

	assert_int_equal(
		pthread_create(&killer.thread, NULL, kill_boxes, &killer), 0);
	process_wait(&process);
	atomic_store(&killer.stop, true);
	assert_int_equal(pthread_join(killer.thread, NULL), 0);

	/* every submission has a report, so the batch is done */
	assert_status(&process, 0);
	a = report_of(*state, "a");
	test = report_test(a, "sequential");
	assert_string_equal(status(a), "inconclusive");
	assert_string_equal(json_text(test, "status"), "inconclusive");
	assert_int_equal(json_value(test, "points"), 0);
	assert_int_equal(json_value(test, "retries"), 2);
	assert_int_equal(
		json_array_size(json_object_get(test, "retry_reasons")), 2);
	assert_non_null(strstr(json_string_value(json_array_get(
				       json_object_get(test, "retry_reasons"),
				       0)),
			       "killed"));
	assert_non_null(strstr(json_text(test, "fault"), "killed"));
	assert_true(json_value(json_object_get(a, "score"), "undecided") >=
		    json_value(test, "maximum"));
	json_decref(a);
	process_release(&process);
}

/* ---- the harness ---- */

static void test_killed__a_harness_leaves_nothing_behind(void **state)
{
	AUTO_FREE char *tmp = scratch_path(*state, "tmp");
	AUTO_FREE char *mounts_before = mounts();
	struct process process = start_batch(*state);
	AUTO_FREE char *mounts_after = NULL;
	struct census census;

	(void)await_middle(&census, process.pid);
	assert_int_equal(kill(process.pid, SIGKILL), 0);
	process_wait(&process);
	assert_int_equal(process.status, 128 + SIGKILL);

	assert_true(census.count > 2);
	assert_gone(&census);
	assert_int_equal(census_cgroups(&census), 0);
	mounts_after = mounts();
	assert_string_equal(mounts_before, mounts_after);
	assert_int_equal(rmdir(tmp), 0); /* it is empty */
	process_release(&process);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_killed__a_box_costs_a_retry_and_no_point),
		TEST(test_killed__a_program_costs_a_retry_and_no_point),
		TEST(test_killed__boxes_killed_for_ever_leave_it_undecided),
		TEST(test_killed__a_harness_leaves_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
