/*
 * What comes out of the explorer's shared memory is a stranger's: an entry is
 * taken if a runtime could have written it, and refused whatever else it is.
 */
#define _GNU_SOURCE /* memfd_create */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "explorer.h"
#include "explorer_fixture.h"

/* ---- entries ---- */

static int parse(const struct explorer_parts *parts)
{
	struct explorer_run run = { 0 };
	struct error err = { 0 };
	size_t size;
	void *bytes = explorer_bytes(parts, &size);
	int r = explorer_run_parse(bytes, size, &run, &err);

	assert_true((r == 0) == (*err.text == '\0'));
	explorer_run_release(&run);
	free(bytes);
	return r;
}

static void test_run__is_what_was_written(void **state)
{
	struct explorer_parts parts = explorer_full();
	struct explorer_run run = explorer_made(&parts);

	(void)state;
	assert_int_equal(run.entry.outcome, EXPLORE_RACE);
	assert_int_equal(run.entry.seed, 77);
	assert_string_equal(run.finding->text, "a race");
	assert_int_equal(run.steps.segment_count, 4);
	assert_int_equal(run.steps.segments[1].thread, 1);
	assert_int_equal(run.steps.choices[0].op, 2);
	assert_int_equal(run.calls[1].kind, 2);
	assert_int_equal(run.events[1].place.pc[1], 0x400300);
	explorer_run_release(&run);
}

static void test_run__needs_all_of_its_bytes(void **state)
{
	struct explorer_parts parts = explorer_full();
	struct explorer_run run;
	size_t size, i;
	void *bytes = explorer_bytes(&parts, &size);

	(void)state;
	for (i = 0; i < size; i++)
		assert_int_equal(explorer_run_parse(bytes, i, &run, NULL),
				 -EBADMSG);
	free(bytes);
}

/* Each line breaks one promise of an entry. */
#define REFUSES(change)                                        \
	do {                                                   \
		struct explorer_parts parts = explorer_full(); \
		struct explore_entry *entry = &parts.entry;    \
		(void)entry;                                   \
		change;                                        \
		assert_int_equal(parse(&parts), -EBADMSG);     \
	} while (0)

static void test_run__refuses_numbers_out_of_bounds(void **state)
{
	(void)state;
	REFUSES(entry->outcome = EXPLORE_OUTCOME_MAX);
	REFUSES(entry->strategy = EXPLORE_STRATEGY_MAX);
	REFUSES(entry->threads = 0);
	REFUSES(entry->threads = 1);
	REFUSES(entry->threads = EXPLORE_THREADS_MAX + 1);
	REFUSES(entry->preemptions = 5);
	REFUSES(entry->steps = 6);
}

static void test_run__refuses_counts_that_do_not_add_up(void **state)
{
	static const size_t counts[] = {
		offsetof(struct explore_entry, findings),
		offsetof(struct explore_entry, segments),
		offsetof(struct explore_entry, choices),
		offsetof(struct explore_entry, calls),
		offsetof(struct explore_entry, events),
		offsetof(struct explore_entry, bytes),
	};
	static const uint32_t changes[] = { 1, (uint32_t)-1, 0x80000000u,
					    0x20000000u };
	struct explorer_parts parts = explorer_full();
	struct explorer_run run;
	size_t size, i, j;
	unsigned char *bytes = explorer_bytes(&parts, &size);

	(void)state;
	for (i = 0; i < sizeof counts / sizeof *counts; i++)
		for (j = 0; j < sizeof changes / sizeof *changes; j++) {
			uint32_t was, now;

			memcpy(&was, bytes + counts[i], sizeof was);
			now = was + changes[j];
			memcpy(bytes + counts[i], &now, sizeof now);
			assert_int_equal(
				explorer_run_parse(bytes, size, &run, NULL),
				-EBADMSG);
			memcpy(bytes + counts[i], &was, sizeof was);
		}
	free(bytes);
}

#define REFUSES_IN(list, type, index, change)                  \
	REFUSES({                                              \
		static struct type copied[4];                  \
		memcpy(copied, parts.list,                     \
		       sizeof *copied *(size_t)((index) + 1)); \
		struct type *one = &copied[index];             \
		(void)one;                                     \
		change;                                        \
		parts.list = copied;                           \
	})

static void test_run__refuses_steps_of_no_thread(void **state)
{
	(void)state;
	REFUSES_IN(segments, explore_segment, 3, one->thread = 2);
	REFUSES_IN(segments, explore_segment, 3, one->flags = 3);
	REFUSES_IN(segments, explore_segment, 3, one->ops = 0);
	REFUSES_IN(segments, explore_segment, 3, one->ops = 4);
	REFUSES_IN(segments, explore_segment, 3, one->flags = 1);
	REFUSES_IN(choices, explore_choice, 0, one->thread = 2);
}

static void test_run__refuses_calls_out_of_their_time(void **state)
{
	(void)state;
	REFUSES_IN(calls, explore_call, 2, one->thread = 2);
	REFUSES_IN(calls, explore_call, 2, one->invoked = 15);
	REFUSES_IN(calls, explore_call, 2, one->invoked = 12);
	REFUSES_IN(calls, explore_call, 2, one->completed = 16);
	REFUSES_IN(calls, explore_call, 2, one->completed = 13);
	REFUSES_IN(calls, explore_call, 2, one->completed = 10);
	REFUSES_IN(calls, explore_call, 2, one->invoked = 5);
	REFUSES_IN(calls, explore_call, 2, {
		one->invoked = 0;
		one->completed = 12;
	});
	REFUSES_IN(calls, explore_call, 2, copied[0].completed = 0);
}

static void test_run__refuses_events_that_are_none(void **state)
{
	(void)state;
	REFUSES_IN(events, explore_event, 1, one->thread = 2);
	REFUSES_IN(events, explore_event, 1, one->kind = 0);
	REFUSES_IN(events, explore_event, 1, one->kind = EXPLORE_KIND_MAX);
	REFUSES_IN(events, explore_event, 1, one->step = 0);
	REFUSES_IN(events, explore_event, 1, one->step = 8);
	REFUSES_IN(events, explore_event, 1,
		   one->place.depth = EXPLORE_DEPTH_MAX + 1);
}

#define REFUSES_FINDING(change)                                        \
	REFUSES({                                                      \
		static struct explore_finding copied;                  \
		copied = *parts.finding;                               \
		struct explore_finding *one = &copied;                 \
		change;                                                \
		parts.finding = copied.accesses > 99 ? NULL : &copied; \
	})

static void test_run__refuses_findings_that_point_nowhere(void **state)
{
	(void)state;
	REFUSES_FINDING(one->thread = 2);
	REFUSES_FINDING(one->threads = 3);
	REFUSES_FINDING(one->accesses = 1);
	REFUSES_FINDING(one->accesses = 3);
	REFUSES_FINDING(one->signal = 65);
	REFUSES_FINDING(one->access[1].thread = 2);
	REFUSES_FINDING(one->access[1].kind = EXPLORE_KIND_MAX);
	REFUSES_FINDING(one->access[1].place.depth = 9);
	REFUSES_FINDING(one->place.depth = UINT32_MAX);
	REFUSES_FINDING(one->thread_of[1].holder = 2);
	REFUSES_FINDING(one->thread_of[1].holder = -2);
	REFUSES_FINDING(one->thread_of[1].state = 3);
	REFUSES_FINDING(one->thread_of[1].taken.depth = 9);
	REFUSES_FINDING((one->block.base = 1, one->block.freed_by = 3));
	REFUSES_FINDING((one->block.base = 1, one->block.allocated_by = 2));
	REFUSES_FINDING(memset(one->text, 'x', sizeof one->text));
}

static void test_run__makes_text_printable(void **state)
{
	struct explorer_parts parts = explorer_full();
	struct explore_finding finding = *parts.finding;
	struct explorer_run run;

	(void)state;
	(void)snprintf(finding.text, sizeof finding.text, "a\033[1m\n\xff.");
	parts.finding = &finding;
	run = explorer_made(&parts);
	assert_string_equal(run.finding->text, "a?[1m??.");
	explorer_run_release(&run);
}

/* ---- replies ---- */

static struct explore_command a_search(void)
{
	struct explore_command command = explorer_search("main", 0, 1000);

	command.nonce = 9;
	command.seed = 70;
	command.schedules = 100;
	return command;
}

/* A reply to that: one history, and a race in schedule 5 + @more. */
static int parse_answer(void (*change)(struct explore_reply *reply,
				       struct explore_entry *entries))
{
	struct explorer_parts parts = explorer_full();
	struct explore_command command = a_search();
	struct explorer_answer answer = { 0 };
	static unsigned char memory[65536];
	struct explore_entry entries[2];
	size_t size, all = 0, i;
	struct error err = { 0 };
	int r;

	answer.reply = (struct explore_reply){
		.nonce = 9,
		.outcome = EXPLORE_RACE,
		.entries = 2,
		.schedules = 8,
		.threads = 2,
	};
	entries[0] = entries[1] = parts.entry;
	entries[0].schedule = 4;
	entries[0].outcome = EXPLORE_PASSED;
	if (change)
		change(&answer.reply, entries);
	for (i = 0; i < 2; i++) {
		void *bytes;

		parts.entry = entries[i];
		bytes = explorer_bytes(&parts, &size);
		assert_true(all + size <= sizeof memory);
		memcpy(memory + all, bytes, size);
		all += size;
		free(bytes);
	}
	answer.reply.bytes += all;
	r = explorer_answer_parse(&command, memory, all, &answer, &err);
	if (r == 0) {
		assert_int_equal(answer.count, 2);
		explorer_answer_release(&answer);
	}
	return r;
}

static void wrong_nonce(struct explore_reply *reply,
			struct explore_entry *entries)
{
	(void)entries;
	reply->nonce++;
}

static void too_many_schedules(struct explore_reply *reply,
			       struct explore_entry *entries)
{
	(void)entries;
	reply->schedules = 101;
}

static void no_schedules(struct explore_reply *reply,
			 struct explore_entry *entries)
{
	(void)entries;
	reply->schedules = 0;
}

static void fewer_entries(struct explore_reply *reply,
			  struct explore_entry *entries)
{
	(void)entries;
	reply->entries = 1;
}

static void more_entries(struct explore_reply *reply,
			 struct explore_entry *entries)
{
	(void)entries;
	reply->entries = 3;
}

static void more_bytes(struct explore_reply *reply,
		       struct explore_entry *entries)
{
	(void)entries;
	reply->bytes = 8;
}

static void failure_not_told(struct explore_reply *reply,
			     struct explore_entry *entries)
{
	(void)entries;
	reply->outcome = EXPLORE_PASSED;
}

static void failure_in_the_middle(struct explore_reply *reply,
				  struct explore_entry *entries)
{
	(void)reply;
	entries[0].outcome = EXPLORE_RACE;
}

static void no_failure(struct explore_reply *reply,
		       struct explore_entry *entries)
{
	(void)reply;
	entries[1].outcome = EXPLORE_PASSED;
}

static void foreign_seed(struct explore_reply *reply,
			 struct explore_entry *entries)
{
	(void)reply;
	entries[0].seed = 69;
}

static void same_schedule_twice(struct explore_reply *reply,
				struct explore_entry *entries)
{
	(void)reply;
	entries[1].schedule = entries[0].schedule;
}

static void test_answer__is_taken_if_it_fits_the_command(void **state)
{
	(void)state;
	assert_int_equal(parse_answer(NULL), 0);
}

static void test_answer__is_refused_if_it_does_not(void **state)
{
	(void)state;
	assert_int_equal(parse_answer(wrong_nonce), -EBADMSG);
	assert_int_equal(parse_answer(too_many_schedules), -EBADMSG);
	assert_int_equal(parse_answer(no_schedules), -EBADMSG);
	assert_int_equal(parse_answer(fewer_entries), -EBADMSG);
	assert_int_equal(parse_answer(more_entries), -EBADMSG);
	assert_int_equal(parse_answer(more_bytes), -EBADMSG);
	assert_int_equal(parse_answer(failure_not_told), -EBADMSG);
	assert_int_equal(parse_answer(failure_in_the_middle), -EBADMSG);
	assert_int_equal(parse_answer(no_failure), -EBADMSG);
	assert_int_equal(parse_answer(foreign_seed), -EBADMSG);
	assert_int_equal(parse_answer(same_schedule_twice), -EBADMSG);
}

/* ---- asking ---- */

struct pair {
	struct explorer explorer;
	int ours, theirs, memory;
};

static void setup_pair(struct pair *pair)
{
	int ends[2];

	assert_int_equal(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	pair->ours = ends[0];
	pair->theirs = ends[1];
	pair->memory = memfd_create("explorer", MFD_CLOEXEC);
	assert_int_equal(ftruncate(pair->memory, 65536), 0);
	explorer_init(&pair->explorer, explorer_channel_of(&pair->ours),
		      pair->memory, 65536);
	pair->explorer.patience_ms = 30;
}

static void release_pair(struct pair *pair)
{
	(void)close(pair->ours);
	if (pair->theirs >= 0)
		(void)close(pair->theirs);
	(void)close(pair->memory);
}

static void test_ask__notices_silence_and_an_end(void **state)
{
	struct explore_command command = a_search();
	struct explorer_answer answer;
	struct error err;
	struct pair pair;

	(void)state;
	setup_pair(&pair);
	assert_int_equal(
		explorer_ask(&pair.explorer, &command, NULL, &answer, &err),
		-ETIMEDOUT);
	assert_int_equal(write(pair.theirs, "short", 5), 5);
	assert_int_equal(
		explorer_ask(&pair.explorer, &command, NULL, &answer, &err),
		-EBADMSG);
	(void)close(pair.theirs);
	pair.theirs = -1;
	assert_int_equal(
		explorer_ask(&pair.explorer, &command, NULL, &answer, &err),
		-EPIPE);
	release_pair(&pair);
}

/* The other end, in a child: one replay, answered by the full entry. */
static void answer_replay(struct pair *pair)
{
	static unsigned char message[EXPLORE_MESSAGE_MAX];
	struct explorer_parts parts = explorer_full();
	struct explore_command command;
	struct explore_reply reply;
	ssize_t got = read(pair->theirs, message, sizeof message);
	size_t size;
	void *bytes = explorer_bytes(&parts, &size);

	memcpy(&command, message, sizeof command);
	if (got != (ssize_t)(sizeof command +
			     4 * sizeof(struct explore_segment) +
			     1 * sizeof(struct explore_choice)) ||
	    command.action != EXPLORE_REPLAY || command.segments != 4 ||
	    command.choices != 1 || command.flags != EXPLORE_LENIENT ||
	    pwrite(pair->memory, bytes, size, 0) != (ssize_t)size)
		_exit(1);
	reply = (struct explore_reply){
		.nonce = command.nonce,
		.outcome = EXPLORE_RACE,
		.entries = 1,
		.bytes = size,
		.schedules = 1,
	};
	(void)!write(pair->theirs, &reply, sizeof reply);
	_exit(0);
}

static void test_replay__sends_the_steps_and_takes_the_run(void **state)
{
	struct explorer_parts parts = explorer_full();
	struct explorer_run wanted = explorer_made(&parts), got = { 0 };
	struct error err = { 0 };
	struct pair pair;
	pid_t child;

	(void)state;
	setup_pair(&pair);
	pair.explorer.patience_ms = 20000;
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		answer_replay(&pair);
	if (explorer_replay(&pair.explorer, "main", EXPLORE_LENIENT, 1000,
			    &wanted.steps, &got, &err) < 0)
		fail_msg("%s", err.text);
	assert_true(explorer_run_same(&wanted, &got));
	explorer_run_release(&wanted);
	explorer_run_release(&got);
	release_pair(&pair);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_run__is_what_was_written),
		cmocka_unit_test(test_run__needs_all_of_its_bytes),
		cmocka_unit_test(test_run__refuses_numbers_out_of_bounds),
		cmocka_unit_test(test_run__refuses_counts_that_do_not_add_up),
		cmocka_unit_test(test_run__refuses_steps_of_no_thread),
		cmocka_unit_test(test_run__refuses_calls_out_of_their_time),
		cmocka_unit_test(test_run__refuses_events_that_are_none),
		cmocka_unit_test(test_run__refuses_findings_that_point_nowhere),
		cmocka_unit_test(test_run__makes_text_printable),
		cmocka_unit_test(test_answer__is_taken_if_it_fits_the_command),
		cmocka_unit_test(test_answer__is_refused_if_it_does_not),
		cmocka_unit_test(test_ask__notices_silence_and_an_end),
		cmocka_unit_test(
			test_replay__sends_the_steps_and_takes_the_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
