/*
 * A dialogue with real programs, behind the real keeper. The judge is a child
 * of this program, which is the harness to it.
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
#include <sys/wait.h>
#include <unistd.h>

#include <jansson.h>

#include "dialogue.h"
#include "kept.h"

#define DESCRIPTORS 40 /* above all that a judge has */
#define PLACES 8
#define TEXT_MAX 4096
#define TOO_LONG "the program wrote a line that is longer than 64 KiB"
#define ECHO "while read -r line; do printf '%s\\n' \"$line\"; done"

const char *__asan_default_options(void);

/* A judge ends with whatever it has. */
const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}

typedef void (*judging)(struct judge *judge, struct dialogue *dialogue);

struct harness {
	struct kept kept;
	struct kept second; /* the same program, as the reference */
	pid_t judge;
	FILE *events;  /* to the judge */
	FILE *verdict; /* from it */
	/* what a probe says */
	unsigned running;
	bool held;
	bool alarmed; /* asleep, but not for good */
	unsigned patience_ms;
	/* what came */
	unsigned holds, looks;
	bool said_ended;
	json_t *last;  /* the verdict */
	json_t *lines; /* of the trace */
	json_t *title; /* of it */
	int status;    /* of the judge */
};

/* ---- the harness ---- */

/* In the child. */
static void become_judge(judging what, const struct harness *harness,
			 int events, int verdict)
{
	const struct kept *kept = &harness->kept, *second = &harness->second;
	const int places[PLACES][2] = {
		{ events, STDIN_FILENO },
		{ verdict, ASSAY_JUDGE_VERDICT_FD },
		{ kept->channel, ASSAY_JUDGE_CHANNEL_FD },
		{ kept->input, ASSAY_JUDGE_INPUT_FD },
		{ kept->output, ASSAY_JUDGE_OUTPUT_FD },
		{ second->channel, ASSAY_JUDGE_BASELINE_CHANNEL_FD },
		{ second->input, ASSAY_JUDGE_BASELINE_INPUT_FD },
		{ second->output, ASSAY_JUDGE_BASELINE_OUTPUT_FD },
	};
	int high[PLACES];
	struct judge *judge;
	size_t i;

	for (i = 0; i < PLACES; i++)
		high[i] = fcntl(places[i][0], F_DUPFD_CLOEXEC, DESCRIPTORS);
	for (i = ASSAY_JUDGE_VERDICT_FD; i < DESCRIPTORS; i++)
		(void)close((int)i);
	for (i = 0; i < PLACES; i++) {
		(void)dup2(high[i], places[i][1]);
		(void)close(high[i]);
	}
	judge = judge_start();
	what(judge, dialogue_start(judge, JUDGE_CANDIDATE));
	judge_pass(judge, 1);
}

/* The judge's ends are the judge's only. */
static void let_go(struct kept *kept)
{
	(void)close(kept->channel);
	(void)close(kept->input);
	(void)close(kept->output);
	kept->channel = kept->input = kept->output = -1;
}

static void start_program(struct harness *harness, const char *const *argv,
			  judging what)
{
	int events[2], verdict[2];

	memset(harness, 0, sizeof *harness);
	harness->running = 1;
	harness->patience_ms = 60000;
	kept_start(&harness->kept, KEPT_AMONG_OTHERS, argv);
	kept_start(&harness->second, KEPT_AMONG_OTHERS, argv);
	assert_int_equal(pipe2(events, O_CLOEXEC), 0);
	assert_int_equal(pipe2(verdict, O_CLOEXEC), 0);
	(void)fflush(NULL);
	harness->judge = fork();
	assert_true(harness->judge >= 0);
	if (harness->judge == 0)
		become_judge(what, harness, events[0], verdict[1]);
	(void)close(events[0]);
	(void)close(verdict[1]);
	let_go(&harness->kept);
	let_go(&harness->second);
	harness->events = fdopen(events[1], "w");
	harness->verdict = fdopen(verdict[0], "r");
	assert_true(harness->events && harness->verdict);
	(void)setvbuf(harness->events, NULL, _IOLBF, BUFSIZ);
}

static void start(struct harness *harness, const char *script, judging what)
{
	const char *const argv[] = { "/bin/sh", "-c", script, NULL };

	start_program(harness, argv, what);
}

static void answer_probe(struct harness *harness)
{
	siginfo_t info = { 0 };

	if (waitid(P_PID, (id_t)harness->kept.pid, &info,
		   WEXITED | WNOHANG | WNOWAIT) == 0 &&
	    info.si_pid != 0 && !harness->said_ended) {
		harness->said_ended = true;
		(void)fputs("{\"type\":\"ended\",\"outcome\":\"signaled\","
			    "\"exit_status\":0,\"signal\":9,\"wall_us\":1,"
			    "\"cpu_us\":1}\n",
			    harness->events);
	}
	(void)fprintf(harness->events,
		      "{\"type\":\"probe\",\"cpu_us\":5,\"threads\":2,"
		      "\"running\":%u,\"alive\":true,\"syncs\":%u,"
		      "\"syncs_held\":%u}\n",
		      harness->running, harness->held ? 3 : 2, harness->held);
}

static void answer(struct harness *harness, const json_t *line,
		   const char *type)
{
	if (strcmp(type, "probe") == 0) {
		answer_probe(harness);
	} else if (strcmp(type, "threads") == 0) {
		harness->looks++;
		(void)fprintf(harness->events,
			      "{\"type\":\"threads\",\"alive\":true,"
			      "\"for_good\":%s}\n",
			      harness->alarmed ? "false" : "true");
	} else if (strcmp(type, "hold-syncs") == 0) {
		harness->held = true;
		harness->holds++;
	} else if (strcmp(type, "release-syncs") == 0) {
		harness->held = false;
	} else if (strcmp(type, "trace") == 0) {
		json_decref(harness->lines);
		json_decref(harness->title);
		harness->lines = json_incref(json_object_get(line, "lines"));
		harness->title = json_incref(json_object_get(line, "title"));
	} else {
		assert_string_equal(type, "verdict");
		assert_null(harness->last);
		harness->last = json_deep_copy(line);
	}
}

/* Serve the judge to its end and keep its verdict. */
static void serve(struct harness *harness)
{
	static char text[ASSAY_JUDGE_LINE_MAX];

	(void)fprintf(harness->events,
		      "{\"type\":\"params\",\"test\":\"t\",\"seed\":1,"
		      "\"repetition\":0,\"baseline\":false,"
		      "\"history_bytes\":0,\"params\":{\"patience_ms\":%u}}\n",
		      harness->patience_ms);
	while (fgets(text, sizeof text, harness->verdict)) {
		json_t *line = json_loads(text, 0, NULL);
		const char *type = json_string_value(
			json_object_get(line, "type"));

		assert_non_null(type);
		answer(harness, line, type);
		json_decref(line);
	}
	(void)fclose(harness->events);
	(void)fclose(harness->verdict);
	assert_int_equal(waitpid(harness->judge, &harness->status, 0),
			 harness->judge);
	(void)kept_end(&harness->kept);
	(void)kept_end(&harness->second);
}

static const char *message_of(const struct harness *harness)
{
	if (harness->status != 0 || !harness->last)
		fail_msg("no verdict: status %x", (unsigned)harness->status);
	return json_string_value(json_object_get(harness->last, "message"));
}

static void release(struct harness *harness)
{
	json_decref(harness->last);
	json_decref(harness->lines);
	json_decref(harness->title);
}

static void passes(const char *script, judging what)
{
	struct harness harness;

	start(&harness, script, what);
	serve(&harness);
	assert_string_equal(message_of(&harness), "");
	assert_string_equal(
		json_string_value(json_object_get(harness.last, "status")),
		"pass");
	release(&harness);
}

/* With exactly this message; the lines shown are compared, too, if any. */
static void fails(const char *script, judging what, const char *message,
		  const char *const *lines)
{
	struct harness harness;
	size_t i;

	start(&harness, script, what);
	serve(&harness);
	assert_string_equal(message_of(&harness), message);
	for (i = 0; lines && lines[i]; i++) {
		const char *line = json_string_value(
			json_array_get(harness.lines, i));

		assert_string_equal(line ? line : "(none)", lines[i]);
	}
	if (lines)
		assert_int_equal(json_array_size(harness.lines), i);
	release(&harness);
}

/* ---- what judges do ---- */

static void send_number(struct dialogue *dialogue, int number)
{
	dialogue_send(dialogue, json_pack("{s:i}", "n", number));
}

static void expect_number(struct dialogue *dialogue, int number)
{
	json_t *line = dialogue_next(dialogue, "counting");
	json_int_t is = dialogue_number(dialogue, line, "n", 0, 1000000);

	json_decref(line);
	if (is != number)
		dialogue_fail(dialogue, "it is not %d", number);
}

static void counts(struct judge *judge, struct dialogue *dialogue)
{
	int i;

	(void)judge;
	for (i = 0; i < 50; i++) {
		send_number(dialogue, i);
		expect_number(dialogue, i);
	}
	if (dialogue_lines(dialogue) != 50)
		dialogue_fail(dialogue, "%zu lines", dialogue_lines(dialogue));
	dialogue_finish(dialogue);
}

/* Far more than pipes hold, in both directions at once. */
static void counts_in_bulk(struct judge *judge, struct dialogue *dialogue)
{
	char text[64];
	size_t size;
	int i, n;

	(void)judge;
	for (i = 0; i < 50000; i++) {
		n = snprintf(text, sizeof text, "{\"n\":%d}\n", i);
		dialogue_send_text(dialogue, text, (size_t)n);
	}
	for (i = 0; i < 50000; i++) {
		const char *line = dialogue_next_text(dialogue, "echoing",
						      &size);

		n = snprintf(text, sizeof text, "{\"n\":%d}", i);
		if (size != (size_t)n || strcmp(line, text) != 0)
			dialogue_fail(dialogue, "%s is not %s", line, text);
	}
	dialogue_finish(dialogue);
}

static void greets(struct judge *judge, struct dialogue *dialogue)
{
	(void)judge;
	send_number(dialogue, 1);
	json_decref(dialogue_next(dialogue, "greeting"));
}

static void greets_as_text(struct judge *judge, struct dialogue *dialogue)
{
	(void)judge;
	(void)dialogue_next_text(dialogue, "greeting", NULL);
}

static void finishes(struct judge *judge, struct dialogue *dialogue)
{
	(void)judge;
	dialogue_finish(dialogue);
}

static void polls(struct judge *judge, struct dialogue *dialogue)
{
	(void)judge;
	if (dialogue_poll(dialogue, 0) || dialogue_poll(dialogue, 20))
		dialogue_fail(dialogue, "something came");
	send_number(dialogue, 1);
	json_decref(dialogue_poll(dialogue, 60000));
	if (dialogue_lines(dialogue) != 1)
		dialogue_fail(dialogue, "nothing came");
}

static void settles(struct judge *judge, struct dialogue *dialogue)
{
	(void)judge;
	(void)dialogue_settle(dialogue, 60000);
}

/* ---- lines ---- */

static void test_dialogue__goes_both_ways(void **state)
{
	(void)state;
	passes(ECHO, counts);
	passes("exec cat", counts_in_bulk);
	passes("exec cat", polls);
}

static void test_dialogue__takes_no_line_that_is_none(void **state)
{
	static const char *const programs[][2] = {
		{ "echo nonsense",
		  "the program wrote a line that is not JSON: '[' or '{'"
		  " expected near 'nonsense'" },
		{ "echo '[1]'",
		  "the program wrote a line that is JSON, but not an object" },
		{ "echo '{} {}'",
		  "the program wrote a line that is not JSON: end of file"
		  " expected near '{'" },
		{ "echo '{\"a\":1,\"a\":2}'",
		  "the program wrote a line that is not JSON: duplicate object"
		  " key near '\"a\"'" },
		{ "printf '{}\\r\\n'",
		  "the program wrote a line that is ended by CR LF instead of"
		  " LF alone" },
		{ "printf '{\\r}\\n'",
		  "the program wrote a line that is not one line: there is a CR"
		  " in it" },
		{ "printf '{}\\0\\n'",
		  "the program wrote a line that is not text: there is a NUL in"
		  " it" },
		{ "echo", "the program wrote a line that is empty" },
		{ "head -c 65536 /dev/zero | tr '\\0' a; echo", TOO_LONG },
		{ "head -c 999999 /dev/zero | tr '\\0' a", TOO_LONG },
		{ "head -c 3000 /dev/zero | tr '\\0' '['; echo",
		  "the program wrote a line that is not JSON: maximum parsing"
		  " depth reached near '['" },
	};
	char script[TEXT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof programs / sizeof *programs; i++) {
		(void)snprintf(script, sizeof script, "%s; exec cat >/dev/null",
			       programs[i][0]);
		fails(script, greets, programs[i][1], NULL);
	}
	/* not looked into, but whole, and text */
	passes("echo nonsense; exec cat", greets_as_text);
	fails("printf 'a\\r\\n'; exec cat", greets_as_text,
	      "the program wrote a line that is ended by CR LF instead of LF"
	      " alone",
	      NULL);
}

static void test_dialogue__keeps_no_more_than_it_may(void **state)
{
	(void)state;
	fails("exec yes", settles,
	      "the program wrote more than 32 MiB that nobody had asked for",
	      NULL);
}

/* Neither what it wrote nor what jansson says of it may be no UTF-8. */
static void test_dialogue__shows_lines_as_text(void **state)
{
	struct harness harness;

	(void)state;
	start(&harness, "printf '{\"\\303\\244\\033\\377\\n'; exec cat",
	      greets);
	serve(&harness);
	assert_non_null(strstr(message_of(&harness), "is not JSON: "));
	assert_string_equal(json_string_value(json_array_get(harness.lines, 1)),
			    "< {\"\303\244\\x1b\\xff");
	release(&harness);
}

static void shows_much(struct judge *judge, struct dialogue *dialogue)
{
	int i;

	(void)judge;
	for (i = 0; i < 5; i++)
		send_number(dialogue, i);
	for (i = 0; i < 100; i++)
		json_decref(dialogue_next(dialogue, "listening"));
	dialogue_fail(dialogue, "%s", "no");
}

static void test_dialogue__shows_the_last_of_both_ways(void **state)
{
	struct harness harness;
	const char *line;

	(void)state;
	start(&harness,
	      "i=0; while [ $i -lt 100 ]; do echo \"{\\\"i\\\":$i}\";"
	      "i=$((i+1)); done; exec cat >/dev/null",
	      shows_much);
	serve(&harness);
	/* 5 and 25 of them, with a gap */
	assert_int_equal(json_array_size(harness.lines), 31);
	line = json_string_value(json_array_get(harness.lines, 0));
	assert_string_equal(line, "> {\"n\":0}");
	line = json_string_value(json_array_get(harness.lines, 5));
	assert_string_equal(line, "...");
	line = json_string_value(json_array_get(harness.lines, 30));
	assert_string_equal(line, "< {\"i\":99}");
	release(&harness);
}

/* ---- ends and hangs ---- */

static void test_dialogue__tells_how_the_program_ended(void **state)
{
	(void)state;
	fails("exit 3", greets,
	      "the program exited with status 3 while greeting",
	      (const char *const[]){ "> {\"n\":1}", NULL });
	fails("read line; kill -SEGV $$", greets,
	      "the program was killed by SIGSEGV while greeting", NULL);
	fails("echo '{}'; exit 1", finishes,
	      "the program wrote a line that nothing had asked for, at its end",
	      NULL);
	fails("read line", greets,
	      "the program exited with status 0 while greeting (it has written"
	      " nothing at all since it was started: is its output flushed"
	      " after each line?)",
	      NULL);
	fails("cat; exit 1", finishes,
	      "the program exited with status 1 while its input had ended",
	      NULL);
	fails("cat; printf '{'", finishes,
	      "the program ended in the middle of a line", NULL);
	passes("cat", finishes);
}

static void test_dialogue__tells_that_nothing_was_started(void **state)
{
	static const char *const argv[] = { "/nowhere/program", NULL };
	struct harness harness;

	(void)state;
	start_program(&harness, argv, greets);
	serve(&harness);
	assert_string_equal(message_of(&harness),
			    "the program could not be started: No such file or"
			    " directory");
	release(&harness);
}

static void test_dialogue__tells_who_killed_the_keeper(void **state)
{
	(void)state;
	/* nobody is left to kill it, so it ends with its input */
	fails("kill -KILL $PPID; exec cat >/dev/null", greets,
	      "the program was killed by SIGKILL, and the test's keeper with"
	      " it, while greeting",
	      NULL);
}

/* By itself and badly: that is a crash, and only that. */
static void is_crash(const char *script, bool crashed)
{
	struct harness harness;

	start(&harness, script, greets);
	serve(&harness);
	assert_true(crashed ==
		    json_is_true(json_object_get(harness.last, "crashed")));
	release(&harness);
}

static void test_dialogue__says_that_it_crashed(void **state)
{
	(void)state;
	is_crash("exit 3", true);
	is_crash("kill -SEGV $$", true);
	is_crash("exit 0", false);
	is_crash("echo nonsense", false);
}

static void is_stuck(const char *script, const char *message)
{
	struct harness harness;

	start(&harness, script, greets);
	harness.running = 0;
	serve(&harness);
	assert_string_equal(message_of(&harness), message);
	assert_true(json_is_true(json_object_get(harness.last, "stuck")));
	assert_int_equal(harness.looks, 1);
	release(&harness);
}

static void test_dialogue__sees_that_it_hangs(void **state)
{
	(void)state;
	is_stuck("exec cat >/dev/null",
		 "the program sleeps and writes no line while greeting (it has"
		 " written nothing at all since it was started: is its output"
		 " flushed after each line?)");
	is_stuck("printf '{'; exec cat >/dev/null",
		 "the program sleeps and writes no line while greeting (the"
		 " line it wrote last has no end yet: is its output flushed"
		 " after each line?)");
}

/* Longer than a hang takes to be seen, and shorter than patience is. */
static void test_dialogue__waits_for_alarms(void **state)
{
	struct harness harness;

	(void)state;
	start(&harness, "read line; sleep 1; echo '{}'; exec cat", greets);
	harness.running = 0;
	harness.alarmed = true;
	serve(&harness);
	assert_string_equal(message_of(&harness), "");
	release(&harness);

	start(&harness, "read line; exec sleep 1000", greets);
	harness.running = 0;
	harness.alarmed = true;
	serve(&harness);
	assert_non_null(strstr(message_of(&harness), "sleeps and writes no"));
	assert_null(json_object_get(harness.last, "stuck"));
	release(&harness);
}

static void test_dialogue__has_no_more_patience_than_it_may(void **state)
{
	struct harness harness;

	(void)state;
	start(&harness, "printf '{'; exec sleep 1000", greets);
	harness.patience_ms = 100;
	serve(&harness);
	assert_string_equal(message_of(&harness),
			    "the program's time was over while greeting (the"
			    " line it wrote last has no end yet: is its output"
			    " flushed after each line?)");
	assert_null(json_object_get(harness.last, "stuck"));
	release(&harness);
}

/* ---- kill and start again ---- */

/* What had come before the kill is there, but for half a line. */
static void kills_in_the_middle(struct judge *judge, struct dialogue *dialogue)
{
	json_t *line;
	int i;

	(void)judge;
	expect_number(dialogue, 0);
	send_number(dialogue, 7); /* to nobody */
	dialogue_kill(dialogue);
	for (i = 1; (line = dialogue_left(dialogue)); i++)
		if (dialogue_number(dialogue, line, "n", 0, 9) != i)
			dialogue_fail(dialogue, "that is not what was left");
	if (i != 3)
		dialogue_fail(dialogue, "%d lines were left", i - 1);
	dialogue_restart(dialogue, true);
	expect_number(dialogue, 0);
	dialogue_restart(dialogue, false);
	expect_number(dialogue, 0);
	dialogue_fail(dialogue, "to be seen");
}

static void test_dialogue__kills_and_starts_again(void **state)
{
	(void)state;
	fails("printf '{\"n\":0}\\n{\"n\":1}\\n{\"n\":2}\\n{\"n\":3}';"
	      "exec sleep 1000",
	      kills_in_the_middle, "to be seen",
	      (const char *const[]){
		      "< {\"n\":0}", "> {\"n\":7}", "# killed by SIGKILL",
		      "< {\"n\":1}", "< {\"n\":2}",
		      "# started again, ./state as it was", "< {\"n\":0}",
		      "# started again, ./state empty", "< {\"n\":0}", NULL });
}

static void kills_twice(struct judge *judge, struct dialogue *dialogue)
{
	(void)judge;
	send_number(dialogue, 1);
	expect_number(dialogue, 1);
	dialogue_kill(dialogue);
	dialogue_restart(dialogue, true);
	expect_number(dialogue, 2);
	dialogue_restart(dialogue, false);
	send_number(dialogue, 3);
	expect_number(dialogue, 3);
}

static void test_dialogue__keeps_the_state_or_does_not(void **state)
{
	(void)state;
	passes("if [ -e state/it ]; then echo '{\"n\":2}'; exec sleep 1000;"
	       "fi; echo >state/it; exec cat",
	       kills_twice);
}

static void kills_late(struct judge *judge, struct dialogue *dialogue)
{
	(void)judge;
	expect_number(dialogue, 0);
	judge_sleep_ms(1500);
	dialogue_kill(dialogue);
}

static void test_dialogue__tells_ends_from_kills(void **state)
{
	(void)state;
	fails("echo '{\"n\":0}'; exit 4", kills_late,
	      "the program exited with status 4 while nothing had told it to"
	      " end",
	      NULL);
}

/* ---- syncs ---- */

static void holds(struct judge *judge, struct dialogue *dialogue)
{
	(void)judge;
	if (dialogue_syncs(dialogue) != 2 || dialogue_syncs_held(dialogue))
		dialogue_fail(dialogue, "held before");
	dialogue_hold_syncs(dialogue);
	if (dialogue_syncs(dialogue) != 3 || dialogue_syncs_held(dialogue) != 1)
		dialogue_fail(dialogue, "not held");
	send_number(dialogue, 1);
	if (!dialogue_settle(dialogue, 60000))
		dialogue_fail(dialogue, "not settled");
	/* asleep for longer than a hang takes to be seen, and no hang */
	json_decref(dialogue_next(dialogue, "greeting"));
	dialogue_release_syncs(dialogue);
	if (dialogue_syncs_held(dialogue))
		dialogue_fail(dialogue, "held after");
}

static void test_dialogue__holds_syncs(void **state)
{
	struct harness harness;

	(void)state;
	start(&harness, "read line; sleep 1; echo '{}'; exec cat", holds);
	harness.running = 0;
	serve(&harness);
	assert_string_equal(message_of(&harness), "");
	assert_int_equal(harness.holds, 1);
	release(&harness);
}

/* ---- fields ---- */

static void reads_fields(struct judge *judge, struct dialogue *dialogue)
{
	static const char *const keys[] = { "t", "n", "f", NULL };
	json_t *line = dialogue_next(dialogue, "listening");

	(void)judge;
	if (strcmp(dialogue_text(dialogue, line, "t"), "x") != 0 ||
	    dialogue_number(dialogue, line, "n", 0, 7) != 7 ||
	    !dialogue_flag(dialogue, line, "f"))
		dialogue_fail(dialogue, "wrong");
	dialogue_only(dialogue, line, keys);
}

static void test_dialogue__checks_fields(void **state)
{
	static const char *const programs[][2] = {
		{ "{\"t\":\"x\",\"n\":7,\"f\":true,\"x\":0}",
		  "with \"x\", which it may not have" },
		{ "{\"n\":7,\"f\":true}", "without \"t\"" },
		{ "{\"t\":7}", "whose \"t\" is not a string" },
		{ "{\"t\":\"x\",\"n\":8}", "whose \"n\" is not from 0 to 7" },
		{ "{\"t\":\"x\",\"n\":7.0}", "whose \"n\" is not an integer" },
		{ "{\"t\":\"x\",\"n\":7,\"f\":0}",
		  "whose \"f\" is neither true nor false" },
	};
	char script[TEXT_MAX], message[TEXT_MAX];
	size_t i;

	(void)state;
	passes("echo '{\"t\":\"x\",\"n\":7,\"f\":true}'; exec cat",
	       reads_fields);
	for (i = 0; i < sizeof programs / sizeof *programs; i++) {
		(void)snprintf(script, sizeof script, "echo '%s'; exec cat",
			       programs[i][0]);
		(void)snprintf(message, sizeof message,
			       "the program wrote a line %s: %s",
			       programs[i][1], programs[i][0]);
		fails(script, reads_fields, message, NULL);
	}
}

/* ---- failing ---- */

static void play_numbers(struct dialogue *dialogue, void *data,
			 const size_t *items, size_t count)
{
	size_t i;

	*(unsigned *)data += 1;
	for (i = 0; i < count; i++) {
		send_number(dialogue, (int)items[i]);
		expect_number(dialogue, (int)items[i]);
	}
	dialogue_finish(dialogue);
}

/* finish() is for a program that is not started again. */
static void plays(struct judge *judge, struct dialogue *dialogue)
{
	unsigned times = 0;

	(void)judge;
	dialogue_play(dialogue, 40, 50, play_numbers, &times);
	if (times != 1)
		judge_broken("played %u times", times);
}

static void play_on(struct dialogue *dialogue, void *data, const size_t *items,
		    size_t count)
{
	size_t i;

	(void)data;
	for (i = 0; i < count; i++) {
		send_number(dialogue, (int)items[i]);
		expect_number(dialogue, (int)items[i]);
	}
}

static void plays_on(struct judge *judge, struct dialogue *dialogue)
{
	(void)judge;
	dialogue_play(dialogue, 40, 50, play_on, NULL);
}

static void test_dialogue__fails_small(void **state)
{
	(void)state;
	passes(ECHO, plays);
	fails(ECHO "; exit 1", plays,
	      "the program exited with status 1 while its input had ended",
	      NULL);
	/* 21 is wrong if 7 was there before */
	fails("seven=; while read -r line; do"
	      " [ \"$line\" = '{\"n\":7}' ] && seven=7;"
	      " if [ \"$line$seven\" = '{\"n\":21}7' ]; then"
	      " echo '{\"n\":0}'; else printf '%s\\n' \"$line\"; fi; done",
	      plays_on, "it is not 21",
	      (const char *const[]){ "> {\"n\":7}", "< {\"n\":7}",
				     "> {\"n\":21}", "< {\"n\":0}", NULL });
}

static void is_titled(const char *script, const char *title)
{
	struct harness harness;

	start(&harness, script, plays_on);
	serve(&harness);
	assert_string_equal(message_of(&harness), "it is not 39");
	assert_string_equal(json_string_value(harness.title), title);
	release(&harness);
}

static void test_dialogue__says_what_is_shown(void **state)
{
	(void)state;
	is_titled("while read -r line; do [ \"$line\" = '{\"n\":39}' ] &&"
		  " line='{\"n\":0}'; printf '%s\\n' \"$line\"; done",
		  "A short dialogue that fails in the same way");
	is_titled("n=0; while read -r line; do n=$((n+1));"
		  " [ $n = 40 ] && line='{\"n\":0}';"
		  " printf '%s\\n' \"$line\"; done",
		  "The end of the dialogue");
}

/* Another check fails where less is played: that is another story. */
static void test_dialogue__goes_on_with_the_same_failure(void **state)
{
	(void)state;
	fails("n=0; while read -r line; do n=$((n+1));"
	      " if [ $n -eq 40 ]; then echo '{\"n\":0}';"
	      " elif [ \"$line\" = '{\"n\":39}' ]; then exit 1;"
	      " else printf '%s\\n' \"$line\"; fi; done",
	      plays_on, "it is not 39", NULL);
}

/* A model's words for what is wrong: all go through one "%s". */
static void play_model(struct dialogue *dialogue, void *data,
		       const size_t *items, size_t count)
{
	char finding[64];
	size_t i;

	(void)data;
	for (i = 0; i < count; i++) {
		json_t *line;
		int came;

		send_number(dialogue, (int)items[i]);
		line = dialogue_next(dialogue, "echoing");
		came = (int)json_integer_value(json_object_get(line, "n"));
		(void)snprintf(finding, sizeof finding,
			       "message \"m%d\" of line %d is too %s",
			       (int)items[i], (int)i,
			       came < (int)items[i] ? "low" : "high");
		if (came != (int)items[i])
			dialogue_fail(dialogue, "%s", finding);
		json_decref(line);
	}
}

static void plays_model(struct judge *judge, struct dialogue *dialogue)
{
	(void)judge;
	dialogue_play(dialogue, 40, 50, play_model, NULL);
}

/* 21 is told low after 7, and high where 7 was left out. */
static void test_dialogue__goes_on_with_the_same_words(void **state)
{
	(void)state;
	fails("n=90; while read -r line; do"
	      " [ \"$line\" = '{\"n\":7}' ] && n=0;"
	      " if [ \"$line\" = '{\"n\":21}' ]; then"
	      " echo \"{\\\"n\\\":$n}\"; else printf '%s\\n' \"$line\"; fi;"
	      " done",
	      plays_model, "message \"m21\" of line 1 is too low",
	      (const char *const[]){ "> {\"n\":7}", "< {\"n\":7}",
				     "> {\"n\":21}", "< {\"n\":0}", NULL });
}

static void fail_body(struct dialogue *dialogue, void *data)
{
	if (*(bool *)data)
		dialogue_fail(dialogue, "this is a rehearsal");
}

static void rehearses(struct judge *judge, struct dialogue *dialogue)
{
	bool bad = true, good = false;

	(void)judge;
	if (!dialogue_rehearse(dialogue, fail_body, &bad) ||
	    dialogue_rehearse(dialogue, fail_body, &good))
		judge_broken("that is not what it did");
	dialogue_show(dialogue, "A picture");
	dialogue_show_sent(dialogue, "1\n");
	dialogue_show_came(dialogue, "2");
	dialogue_fail(dialogue, "not\na %s", "re\001hearsal");
}

static void test_dialogue__fails_for_good_or_not(void **state)
{
	(void)state;
	fails("exec cat", rehearses, "not\\x0aa re\\x01hearsal",
	      (const char *const[]){ "> 1", "< 2", NULL });
}

/* ---- the reference ---- */

static void compares(struct judge *judge, struct dialogue *dialogue)
{
	struct dialogue *reference = dialogue_start(judge, JUDGE_BASELINE);

	counts(judge, dialogue);
	counts(judge, reference);
}

static void asks_the_reference(struct judge *judge, struct dialogue *dialogue)
{
	(void)dialogue;
	greets(judge, dialogue_start(judge, JUDGE_BASELINE));
}

/* What is wrong with it is nobody's fault who is graded. */
static void test_dialogue__does_not_judge_the_reference(void **state)
{
	static const char *const programs[] = {
		"echo nonsense; exec cat",
		"exit 1",
		"kill -KILL $PPID; exec cat >/dev/null",
	};
	struct harness harness;
	size_t i;

	(void)state;
	passes(ECHO, compares);
	for (i = 0; i < sizeof programs / sizeof *programs; i++) {
		start(&harness, programs[i], asks_the_reference);
		serve(&harness);
		assert_null(harness.last);
		assert_int_equal(WEXITSTATUS(harness.status), 2);
		release(&harness);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dialogue__goes_both_ways),
		cmocka_unit_test(test_dialogue__takes_no_line_that_is_none),
		cmocka_unit_test(test_dialogue__keeps_no_more_than_it_may),
		cmocka_unit_test(test_dialogue__shows_lines_as_text),
		cmocka_unit_test(test_dialogue__shows_the_last_of_both_ways),
		cmocka_unit_test(test_dialogue__tells_how_the_program_ended),
		cmocka_unit_test(test_dialogue__says_that_it_crashed),
		cmocka_unit_test(test_dialogue__tells_that_nothing_was_started),
		cmocka_unit_test(test_dialogue__tells_who_killed_the_keeper),
		cmocka_unit_test(test_dialogue__sees_that_it_hangs),
		cmocka_unit_test(test_dialogue__waits_for_alarms),
		cmocka_unit_test(
			test_dialogue__has_no_more_patience_than_it_may),
		cmocka_unit_test(test_dialogue__kills_and_starts_again),
		cmocka_unit_test(test_dialogue__keeps_the_state_or_does_not),
		cmocka_unit_test(test_dialogue__tells_ends_from_kills),
		cmocka_unit_test(test_dialogue__holds_syncs),
		cmocka_unit_test(test_dialogue__checks_fields),
		cmocka_unit_test(test_dialogue__fails_small),
		cmocka_unit_test(test_dialogue__says_what_is_shown),
		cmocka_unit_test(test_dialogue__goes_on_with_the_same_failure),
		cmocka_unit_test(test_dialogue__goes_on_with_the_same_words),
		cmocka_unit_test(test_dialogue__fails_for_good_or_not),
		cmocka_unit_test(test_dialogue__does_not_judge_the_reference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
