/*
 * A judge that waits in vain asks what the program's threads are doing, and
 * says so in its verdict. The judge is a child of this program, which is the
 * harness and the candidate's program to it.
 */
#define _GNU_SOURCE /* pipe2 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jansson.h>

#include "judge.h"

#define MS UINT64_C(1000000)
#define LATER (60000 * MS) /* than any test takes */
#define DESCRIPTORS 20     /* above all that a judge has */

/* What a judge does; it ends in a verdict. */
typedef void (*judging)(struct judge *judge);

struct harness {
	pid_t judge;
	FILE *events;  /* to the judge */
	FILE *verdict; /* from it */
	int channel;   /* the candidate's end */
	unsigned probes, looks;
	bool alive, for_good; /* what an answer about threads says */
	json_t *last;         /* the verdict */
};

static enum judge_event wait_for(struct judge *judge, uint64_t deadline_ns,
				 uint64_t stuck_from_ns)
{
	struct judge_patience patience = { deadline_ns, stuck_from_ns };
	int message;

	return judge_wait(judge, JUDGE_CANDIDATE, &message, sizeof message,
			  &patience);
}

/* ---- judges ---- */

static void until_stuck(struct judge *judge)
{
	enum judge_event event = wait_for(judge, history_now_ns() + LATER, 0);

	judge_fail(judge, event == JUDGE_STUCK   ? "stuck"
			  : event == JUDGE_ENDED ? "ended"
						 : "other");
}

static void stuck_then_sends(struct judge *judge)
{
	int message = 1;

	(void)wait_for(judge, history_now_ns() + LATER, 0);
	judge_send(judge, JUDGE_CANDIDATE, &message, sizeof message);
	judge_fail(judge, "something else");
}

static void until_timeout(struct judge *judge)
{
	enum judge_event event = wait_for(judge, history_now_ns() + 30 * MS,
					  UINT64_MAX);

	judge_fail(judge, event == JUDGE_TIMEOUT ? "timeout" : "other");
}

/* Too soon for ten probes. */
static void until_an_early_timeout(struct judge *judge)
{
	enum judge_event event = wait_for(judge, history_now_ns() + 30 * MS, 0);

	judge_fail(judge, event == JUDGE_STUCK     ? "stuck"
			  : event == JUDGE_TIMEOUT ? "timeout"
						   : "other");
}

static void only_looks(struct judge *judge)
{
	enum judge_event event = wait_for(judge, 0, UINT64_MAX);

	judge_fail(judge, event == JUDGE_TIMEOUT ? "timeout" : "other");
}

static void many_timeouts(struct judge *judge)
{
	unsigned i;

	for (i = 0; i < 40; i++)
		(void)wait_for(judge, history_now_ns() + MS / 10, UINT64_MAX);
	judge_fail(judge, "timeout");
}

/* ---- the harness ---- */

/* In the child. */
static void become_judge(judging what, const int *wanted)
{
	int high[3];
	size_t i;

	for (i = 0; i < 3; i++)
		high[i] = fcntl(wanted[i], F_DUPFD_CLOEXEC, DESCRIPTORS);
	(void)dup2(high[0], STDIN_FILENO);
	(void)dup2(high[1], ASSAY_JUDGE_VERDICT_FD);
	(void)dup2(high[2], ASSAY_JUDGE_CHANNEL_FD);
	for (i = ASSAY_JUDGE_CHANNEL_FD + 1; i < 2 * DESCRIPTORS; i++)
		(void)close((int)i);
	what(judge_start());
	_exit(3);
}

static void start(struct harness *harness, judging what)
{
	int events[2], verdict[2], channel[2];

	memset(harness, 0, sizeof *harness);
	assert_int_equal(pipe2(events, O_CLOEXEC), 0);
	assert_int_equal(pipe2(verdict, O_CLOEXEC), 0);
	assert_int_equal(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel),
		0);
	(void)fflush(NULL);
	harness->judge = fork();
	assert_true(harness->judge >= 0);
	if (harness->judge == 0)
		become_judge(what,
			     (int[]){ events[0], verdict[1], channel[0] });
	(void)close(events[0]);
	(void)close(verdict[1]);
	(void)close(channel[0]);
	harness->channel = channel[1];
	harness->events = fdopen(events[1], "w");
	harness->verdict = fdopen(verdict[0], "r");
	assert_true(harness->events && harness->verdict);
	(void)setvbuf(harness->events, NULL, _IOLBF, BUFSIZ);
	(void)fputs("{\"type\":\"params\",\"test\":\"t\",\"seed\":1,"
		    "\"repetition\":0,\"baseline\":false,\"history_bytes\":0,"
		    "\"params\":{}}\n",
		    harness->events);
}

static void say_ended(struct harness *harness)
{
	(void)fputs("{\"type\":\"ended\",\"outcome\":\"exited\","
		    "\"exit_status\":0,\"signal\":0,\"wall_us\":1,"
		    "\"cpu_us\":1}\n",
		    harness->events);
}

/* A program that is wholly asleep, measured whenever the judge asks. */
static void answer(struct harness *harness, const char *type)
{
	if (strcmp(type, "probe") == 0) {
		harness->probes++;
		(void)fputs("{\"type\":\"probe\",\"cpu_us\":5,\"threads\":2,"
			    "\"running\":0,\"alive\":true}\n",
			    harness->events);
	} else if (strcmp(type, "threads") == 0) {
		harness->looks++;
		(void)fprintf(harness->events,
			      "{\"type\":\"threads\",\"alive\":%s,"
			      "\"for_good\":%s}\n",
			      harness->alive ? "true" : "false",
			      harness->for_good ? "true" : "false");
		if (!harness->alive)
			say_ended(harness);
	}
}

/* Serve the judge to its end and keep its verdict. */
static void serve(struct harness *harness)
{
	char line[4096];
	int status;

	while (fgets(line, sizeof line, harness->verdict)) {
		json_t *object = json_loads(line, 0, NULL);
		const char *type = json_string_value(
			json_object_get(object, "type"));

		assert_non_null(type);
		if (strcmp(type, "verdict") == 0)
			harness->last = json_incref(object);
		else
			answer(harness, type);
		json_decref(object);
	}
	(void)fclose(harness->events);
	(void)fclose(harness->verdict);
	(void)close(harness->channel);
	assert_int_equal(waitpid(harness->judge, &status, 0), harness->judge);
	assert_int_equal(status, 0);
	assert_non_null(harness->last);
}

static void assert_late(const struct harness *harness, bool late)
{
	assert_int_equal(json_is_true(json_object_get(harness->last, "late")),
			 late);
}

static void assert_said(struct harness *harness, const char *message,
			bool stuck)
{
	assert_string_equal(
		json_string_value(json_object_get(harness->last, "message")),
		message);
	assert_int_equal(json_is_true(json_object_get(harness->last, "stuck")),
			 stuck);
	json_decref(harness->last);
}

static void test_kit_judge__a_hang_for_good_is_said_to_be_one(void **state)
{
	struct harness harness;

	(void)state;
	start(&harness, until_stuck);
	harness.alive = harness.for_good = true;
	serve(&harness);
	assert_true(harness.probes >= 10);
	assert_int_equal(harness.looks, 1);
	assert_said(&harness, "stuck", true);
}

static void test_kit_judge__a_hang_that_may_end_is_not(void **state)
{
	struct harness harness;

	(void)state;
	start(&harness, until_stuck);
	harness.alive = true;
	serve(&harness);
	assert_int_equal(harness.looks, 1);
	assert_said(&harness, "stuck", false);
}

static void test_kit_judge__a_program_that_just_ended_is_not_stuck(void **state)
{
	struct harness harness;

	(void)state;
	start(&harness, until_stuck);
	serve(&harness);
	assert_int_equal(harness.looks, 1);
	assert_said(&harness, "ended", false);
}

static void test_kit_judge__who_goes_on_takes_it_back(void **state)
{
	struct harness harness;

	(void)state;
	start(&harness, stuck_then_sends);
	harness.alive = harness.for_good = true;
	serve(&harness);
	assert_said(&harness, "something else", false);
}

/* Looked at for the report; but a judge may have waited for nothing to come. */
static void test_kit_judge__a_timeout_is_looked_at_only(void **state)
{
	struct harness harness;

	(void)state;
	start(&harness, until_timeout);
	harness.alive = harness.for_good = true;
	serve(&harness);
	assert_int_equal(harness.looks, 1);
	assert_late(&harness, true);
	assert_said(&harness, "timeout", false);
}

static void test_kit_judge__a_hang_at_the_last_moment_is_one(void **state)
{
	struct harness harness;

	(void)state;
	start(&harness, until_an_early_timeout);
	harness.alive = harness.for_good = true;
	serve(&harness);
	assert_said(&harness, "stuck", true);

	start(&harness, until_an_early_timeout);
	harness.alive = true;
	serve(&harness);
	assert_said(&harness, "timeout", false);
}

static void test_kit_judge__a_glance_asks_nothing(void **state)
{
	struct harness harness;

	(void)state;
	start(&harness, only_looks);
	serve(&harness);
	assert_int_equal(harness.looks, 0);
	assert_late(&harness, false);
	assert_said(&harness, "timeout", false);
}

static void test_kit_judge__asks_no_more_than_so_often(void **state)
{
	struct harness harness;

	(void)state;
	start(&harness, many_timeouts);
	harness.alive = true;
	serve(&harness);
	assert_int_equal(harness.looks, 16);
	assert_said(&harness, "timeout", false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_kit_judge__a_hang_for_good_is_said_to_be_one),
		cmocka_unit_test(test_kit_judge__a_hang_that_may_end_is_not),
		cmocka_unit_test(
			test_kit_judge__a_program_that_just_ended_is_not_stuck),
		cmocka_unit_test(test_kit_judge__who_goes_on_takes_it_back),
		cmocka_unit_test(test_kit_judge__a_timeout_is_looked_at_only),
		cmocka_unit_test(
			test_kit_judge__a_hang_at_the_last_moment_is_one),
		cmocka_unit_test(test_kit_judge__a_glance_asks_nothing),
		cmocka_unit_test(test_kit_judge__asks_no_more_than_so_often),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
