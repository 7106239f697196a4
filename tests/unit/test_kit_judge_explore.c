/*
 * When a test of variant "explore" passes, when it fails, and when it says
 * nothing. The judge is a child of this program, and so are the two processes
 * that it searches: runtimes that do what a script says.
 */
#define _GNU_SOURCE /* pipe2, memfd_create */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jansson.h>

#include "explorer_fixture.h"
#include "judge_explore.h"

#define BYTES (256 * 1024)
#define DESCRIPTORS 20 /* above all that a judge has */
#define WRONG 13       /* a value that the check refuses */
#define FAILS_AT 37

enum { FIRST, SECOND, SIDES };

/* What the runtimes do. */
struct script {
	unsigned fails_at;  /* schedule of scenario b; 0: none */
	bool wrong_history; /* a call returns WRONG, and all goes well */
	bool canary_passes;
	bool differs_in_second; /* a replay gives something else there */
	bool never_the_same;    /* likewise, every time */
	bool writes_nonsense;
	bool dies;
	bool unable;         /* to judge any schedule of scenario b */
	unsigned lacks_from; /* this command on it has no scenarios; 0: never */
	bool tries_nothing;  /* of scenario b, and says that is all */
	bool slow;           /* ends no more than one schedule at a time */
	unsigned cpu_us;     /* that it has used by then */
	const char *params;  /* more of the test's, with a comma before */
};

/* ---- the runtimes ---- */

struct runtime {
	struct script script;
	int side; /* FIRST or SECOND */
	int channel, memory;
	unsigned replays, commands;
	size_t used; /* of the memory */
	uint32_t entries;
};

static void write_entry(struct runtime *runtime, uint32_t outcome,
			uint64_t seed, uint64_t schedule, uint64_t value)
{
	const struct explore_segment segments[] = {
		{ .thread = 0, .ops = 4 },
		{ .thread = 1, .ops = 4 },
	};
	const struct explore_call calls[] = {
		{ .invoked = 3, .completed = 6, .kind = 1, .value = value },
	};
	const struct explorer_parts parts = {
		.entry = { .outcome = outcome,
			   .seed = seed,
			   .schedule = schedule,
			   .threads = 2,
			   .steps = 8,
			   .preemptions = 1,
			   .result = 0xabc + runtime->replays },
		.segments = segments,
		.segment_count = 2,
		.calls = calls,
		.call_count = 1,
	};
	size_t size;
	void *bytes = explorer_bytes(&parts, &size);

	if (pwrite(runtime->memory, bytes, size, (off_t)runtime->used) !=
	    (ssize_t)size)
		_exit(1);
	free(bytes);
	runtime->used += size;
	runtime->entries++;
}

/* Schedules are told apart by their seeds; a scenario's begin anywhere. */
static void search(struct runtime *runtime,
		   const struct explore_command *command,
		   struct explore_reply *reply)
{
	const struct script *script = &runtime->script;
	bool canary = strcmp(command->scenario, "explore-canary") == 0;
	bool last = strcmp(command->scenario, "b") == 0;
	static uint64_t first;
	uint64_t i;

	if (last && command->schedules > 0 && script->tries_nothing) {
		reply->exhausted = 1;
		return;
	}
	if (first == 0 || command->seed - first > 1000)
		first = command->seed;
	for (i = 0; i < command->schedules; i++) {
		uint64_t number = command->seed + i - first + 1;
		bool fails = canary ? number == 3 && !script->canary_passes
				    : last && number == script->fails_at;

		reply->schedules++;
		reply->steps += 8;
		reply->outcome = fails ? EXPLORE_DEADLOCK : EXPLORE_PASSED;
		if (last && script->unable) {
			fails = true;
			reply->outcome = EXPLORE_UNABLE;
		}
		if (fails || number == 1)
			write_entry(runtime, reply->outcome, command->seed + i,
				    number,
				    last && script->wrong_history ? WRONG : 1);
		if (fails || script->slow)
			return;
	}
}

static void replay(struct runtime *runtime,
		   const struct explore_command *command,
		   struct explore_reply *reply)
{
	const struct script *script = &runtime->script;

	if (script->never_the_same ||
	    (script->differs_in_second && runtime->side == SECOND))
		runtime->replays++;
	reply->outcome = script->wrong_history ? EXPLORE_PASSED
					       : EXPLORE_DEADLOCK;
	reply->schedules = 1;
	write_entry(runtime, reply->outcome, command->seed, 1,
		    script->wrong_history ? WRONG : 1);
}

static void serve_commands(struct runtime *runtime)
{
	static unsigned char message[EXPLORE_MESSAGE_MAX];

	while (read(runtime->channel, message, sizeof message) > 0) {
		struct explore_command command;
		struct explore_reply reply = { 0 };

		if (runtime->script.dies)
			break;
		memcpy(&command, message, sizeof command);
		runtime->used = 0;
		runtime->entries = 0;
		reply.nonce = command.nonce;
		if (++runtime->commands >= runtime->script.lacks_from &&
		    runtime->script.lacks_from > 0) {
			reply.outcome = EXPLORE_UNKNOWN_SCENARIO;
			(void)!write(runtime->channel, &reply, sizeof reply);
			continue;
		}
		if (command.action == EXPLORE_SEARCH)
			search(runtime, &command, &reply);
		else
			replay(runtime, &command, &reply);
		reply.entries = runtime->entries;
		reply.bytes = runtime->used + runtime->script.writes_nonsense;
		if (write(runtime->channel, &reply, sizeof reply) < 0)
			break;
	}
	_exit(0);
}

/* ---- the judge ---- */

static bool check(void *data, const char *scenario,
		  const struct history *history, char *text, size_t size)
{
	size_t i;

	(void)data;
	(void)scenario;
	for (i = 0; i < history->count; i++)
		if (history->calls[i].value == WRONG) {
			(void)snprintf(text, size, "a call returned 13");
			return false;
		}
	return true;
}

static void show(void *data, const struct history *history, json_t *lines)
{
	(void)data;
	(void)json_array_append_new(lines,
				    json_sprintf("%zu calls", history->count));
}

/* In the child: descriptors where a judge expects them. */
static void become_judge(const int *wanted)
{
	static const int places[] = { STDIN_FILENO,
				      ASSAY_JUDGE_VERDICT_FD,
				      ASSAY_JUDGE_CHANNEL_FD,
				      ASSAY_JUDGE_HISTORY_FD,
				      ASSAY_JUDGE_BASELINE_CHANNEL_FD,
				      ASSAY_JUDGE_BASELINE_HISTORY_FD };
	int high[6], fd;
	size_t i;

	for (i = 0; i < 6; i++)
		high[i] = fcntl(wanted[i], F_DUPFD_CLOEXEC, 2 * DESCRIPTORS);
	for (i = 0; i < 6; i++)
		(void)dup2(high[i], places[i]);
	for (fd = ASSAY_JUDGE_BASELINE_HISTORY_FD + 1; fd < 3 * DESCRIPTORS;
	     fd++)
		(void)close(fd);
	judge_explore(judge_start(), check, show, NULL);
}

struct said {
	json_t *verdict; /* NULL: none */
	json_t *traces;  /* object: titles to lines */
	int status;
};

static pid_t child(void)
{
	pid_t pid;

	(void)fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	return pid;
}

/* Read what the judge says, to its end. A program that it asks about has used
 * @cpu_us. */
static struct said listen_to(FILE *verdict, int events, unsigned cpu_us)
{
	struct said said = { .traces = json_object() };
	static char line[ASSAY_JUDGE_LINE_MAX];

	while (fgets(line, sizeof line, verdict)) {
		json_t *object = json_loads(line, 0, NULL);
		const char *type = json_string_value(
			json_object_get(object, "type"));

		if (strcmp(type, "verdict") == 0)
			said.verdict = json_incref(object);
		else if (strcmp(type, "probe") == 0)
			(void)dprintf(events,
				      "{\"type\":\"probe\",\"cpu_us\":%u,"
				      "\"threads\":1,\"running\":1,"
				      "\"alive\":true}\n",
				      cpu_us);
		else if (strcmp(type, "trace") == 0)
			(void)json_object_set(said.traces,
					      json_string_value(json_object_get(
						      object, "title")),
					      json_object_get(object, "lines"));
		json_decref(object);
	}
	return said;
}

static void send_events(int fd, const struct script *script)
{
	(void)dprintf(fd,
		      "{\"type\":\"params\",\"test\":\"t\",\"seed\":7,"
		      "\"repetition\":0,\"baseline\":false,"
		      "\"history_bytes\":%d,\"params\":{\"scenarios\":"
		      "[\"a\",\"b\"],\"budget\":1000%s}}\n",
		      BYTES, script->params ? script->params : "");
	if (script->dies)
		(void)dprintf(fd, "{\"type\":\"ended\",\"outcome\":"
				  "\"exited\",\"exit_status\":0,\"signal\":0,"
				  "\"wall_us\":1,\"cpu_us\":1}\n");
}

static struct said judge(struct script script)
{
	struct runtime runtimes[SIDES];
	int events[2], verdict[2], ends[SIDES][2];
	pid_t pids[SIDES + 1];
	struct said said;
	FILE *from;
	int side;

	assert_int_equal(pipe2(events, O_CLOEXEC), 0);
	assert_int_equal(pipe2(verdict, O_CLOEXEC), 0);
	for (side = 0; side < SIDES; side++) {
		runtimes[side] = (struct runtime){ .script = script,
						   .side = side };
		assert_int_equal(socketpair(AF_UNIX,
					    SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
					    ends[side]),
				 0);
		runtimes[side].channel = ends[side][1];
		runtimes[side].memory = memfd_create("history", MFD_CLOEXEC);
		assert_int_equal(ftruncate(runtimes[side].memory, BYTES), 0);
	}
	pids[SIDES] = child();
	if (pids[SIDES] == 0)
		become_judge((int[]){ events[0], verdict[1], ends[FIRST][0],
				      runtimes[FIRST].memory, ends[SECOND][0],
				      runtimes[SECOND].memory });
	for (side = 0; side < SIDES; side++) {
		(void)close(ends[side][0]);
		pids[side] = child();
		if (pids[side] == 0) {
			(void)close(ends[!side][1]);
			serve_commands(&runtimes[side]);
		}
		(void)close(ends[side][1]);
	}
	(void)close(events[0]);
	(void)close(verdict[1]);
	send_events(events[1], &script);
	from = fdopen(verdict[0], "r");
	assert_non_null(from);
	said = listen_to(from, events[1], script.cpu_us);
	(void)fclose(from);
	(void)close(events[1]);
	for (side = 0; side <= SIDES; side++)
		(void)waitpid(pids[side], side == SIDES ? &said.status : NULL,
			      0);
	for (side = 0; side < SIDES; side++)
		(void)close(runtimes[side].memory);
	return said;
}

static void release(struct said *said)
{
	json_decref(said->verdict);
	json_decref(said->traces);
}

static const char *field(const struct said *said, const char *name)
{
	const char *text = json_string_value(
		json_object_get(said->verdict, name));

	return text ? text : "";
}

static void assert_part(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" has no \"%s\"", text, part);
}

static void check_fails(struct script script, const char *part)
{
	struct said said = judge(script);

	assert_string_equal(field(&said, "status"), "fail");
	assert_part(field(&said, "message"), part);
	release(&said);
}

static void check_says_nothing(struct script script)
{
	struct said said = judge(script);

	if (said.verdict)
		fail_msg("%s: %s", field(&said, "status"),
			 field(&said, "message"));
	assert_true(WIFEXITED(said.status));
	assert_int_equal(WEXITSTATUS(said.status), 2);
	release(&said);
}

/* ---- tests ---- */

static void test_judge_explore__passes_when_all_was_tried(void **state)
{
	struct said said = judge((struct script){ 0 });

	(void)state;
	assert_string_equal(field(&said, "status"), "pass");
	assert_part(field(&said, "property"), "no schedule of 1000");
	assert_part(field(&said, "property"), "no proof");
	release(&said);
}

static void test_judge_explore__tells_a_failure_that_happens_again(void **state)
{
	struct said said = judge((struct script){ .fails_at = FAILS_AT });
	json_t *what, *calls, *trace;

	(void)state;
	assert_string_equal(field(&said, "status"), "fail");
	assert_part(field(&said, "message"), "deadlock");
	what = json_object_get(said.traces, "what happened");
	assert_int_equal(json_array_size(what), 1);
	assert_part(json_string_value(json_array_get(what, 0)),
		    "scenario b, found within 537 schedules");
	calls = json_object_get(said.traces, "the calls");
	assert_string_equal(json_string_value(json_array_get(calls, 0)),
			    "1 calls");
	trace = json_object_get(said.traces, "trace");
	assert_string_equal(json_string_value(json_array_get(trace, 0)),
			    "explorer-trace 1");
	release(&said);
}

static void test_judge_explore__fails_a_history_that_is_wrong(void **state)
{
	(void)state;
	check_fails((struct script){ .wrong_history = true },
		    "a call returned 13");
}

static void test_judge_explore__needs_its_canary(void **state)
{
	(void)state;
	check_fails((struct script){ .canary_passes = true },
		    "does not vouch for this build");
}

static void test_judge_explore__says_so_if_another_process_differs(void **state)
{
	struct said said = judge((struct script){ .fails_at = FAILS_AT,
						  .differs_in_second = true });
	json_t *what;

	(void)state;
	assert_string_equal(field(&said, "status"), "fail");
	what = json_object_get(said.traces, "what happened");
	assert_part(json_string_value(json_array_get(what, 0)),
		    "each time in one process, and not in another");
	release(&said);
}

static void
test_judge_explore__does_not_vouch_for_what_never_returns(void **state)
{
	(void)state;
	check_fails(
		(struct script){ .fails_at = FAILS_AT, .never_the_same = true },
		"the search cannot vouch for it");
}

static void
test_judge_explore__does_not_vouch_for_what_it_has_no_room_for(void **state)
{
	struct said said = judge((struct script){ .unable = true });
	json_t *what;

	(void)state;
	assert_string_equal(field(&said, "status"), "fail");
	assert_part(field(&said, "message"), "more than the search can judge");
	what = json_object_get(said.traces, "what happened");
	assert_part(json_string_value(json_array_get(what, 0)),
		    "500 of 1000 schedules ended like this");
	release(&said);
}

static void test_judge_explore__believes_only_at_first_that_a_name_is_not_there(
	void **state)
{
	(void)state;
	check_says_nothing((struct script){ .lacks_from = 1 });
	check_fails((struct script){ .lacks_from = 5 },
		    "something answers in the search's stead");
}

static void test_judge_explore__fails_who_tries_nothing(void **state)
{
	(void)state;
	check_fails((struct script){ .tries_nothing = true },
		    "a search that tried nothing");
}

static void test_judge_explore__fails_who_writes_over_its_memory(void **state)
{
	(void)state;
	check_fails((struct script){ .writes_nonsense = true },
		    "what its runtime does not write");
}

static void test_judge_explore__fails_who_ends(void **state)
{
	(void)state;
	check_fails((struct script){ .dies = true },
		    "the program exited with status 0 while its schedules");
}

static void test_judge_explore__never_passes_with_less(void **state)
{
	(void)state;
	check_says_nothing(
		(struct script){ .slow = true, .params = ",\"limit_ms\":1" });
	check_fails((struct script){ .slow = true,
				     .cpu_us = 1000000,
				     .params = ",\"limit_ms\":1" },
		    "schedules took the program 1000 ms");
	check_says_nothing((struct script){ .params = ",\"budget\":1" });
}

static const char a_trace[] =
	",\"replay\":\"explorer-trace 1\\nscenario b\\nseed 5\\nflags none\\n"
	"steps-max 100\\nstrategy pos\\noutcome deadlock\\nprogram -\\n"
	"result 0000000000000abc\\nsegments 0\\nchoices 0\\nend\\n\"";

static void test_judge_explore__replays_a_trace_and_nothing_else(void **state)
{
	(void)state;
	check_fails((struct script){ .params = a_trace, .canary_passes = true },
		    "deadlock");
	check_says_nothing((struct script){ .params = ",\"replay\":\"\"" });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_judge_explore__passes_when_all_was_tried),
		cmocka_unit_test(
			test_judge_explore__tells_a_failure_that_happens_again),
		cmocka_unit_test(
			test_judge_explore__fails_a_history_that_is_wrong),
		cmocka_unit_test(test_judge_explore__needs_its_canary),
		cmocka_unit_test(
			test_judge_explore__says_so_if_another_process_differs),
		cmocka_unit_test(
			test_judge_explore__does_not_vouch_for_what_never_returns),
		cmocka_unit_test(
			test_judge_explore__does_not_vouch_for_what_it_has_no_room_for),
		cmocka_unit_test(
			test_judge_explore__believes_only_at_first_that_a_name_is_not_there),
		cmocka_unit_test(test_judge_explore__fails_who_tries_nothing),
		cmocka_unit_test(
			test_judge_explore__fails_who_writes_over_its_memory),
		cmocka_unit_test(test_judge_explore__fails_who_ends),
		cmocka_unit_test(test_judge_explore__never_passes_with_less),
		cmocka_unit_test(
			test_judge_explore__replays_a_trace_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
