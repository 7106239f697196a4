/* run.c - see run.h */
#include "run.h"

#include <inttypes.h>
#include <string.h>

#include "queue_call.h"
#include "queue_linear.h"
#include "queue_shrink.h"

/* Time to load and start a program, during which it may be asleep. */
#define START_NS (3000 * MS)
#define TEXT_MAX 200

void run_init(struct run *run, struct judge *judge, enum judge_side side)
{
	uint64_t patience_ms = (uint64_t)judge_param(judge, "patience_ms");

	*run = (struct run){
		.judge = judge,
		.side = side,
		.random = random_from(judge_seed(judge)),
		.deadline_ns = history_now_ns() + patience_ms * MS,
	};
}

/* ---- when it goes wrong ---- */

static void show_pending(struct run *run)
{
	struct history history;
	size_t kept = 0;
	size_t i;

	judge_history(run->judge, &history);
	for (i = 0; i < history.count; i++)
		if (history.calls[i].pending)
			history.calls[kept++] = history.calls[i];
	if (kept > 0)
		run_show(run, "calls that had not returned", history.calls,
			 kept);
	history_release(&history);
}

__attribute__((noreturn)) static void
lost(struct run *run, enum judge_event event, const char *doing)
{
	if (run->side == JUDGE_BASELINE)
		judge_broken("the reference solution stopped answering");
	show_pending(run);
	if (event == JUDGE_ENDED)
		judge_fail(run->judge, "%s while %s",
			   judge_ending(run->judge), doing);
	if (event == JUDGE_STUCK)
		judge_fail(run->judge, "every thread sleeps and nothing is left"
			   " to wake one, while %s", doing);
	judge_fail(run->judge, "out of time, and still busy, while %s", doing);
}

void run_show(struct run *run, const char *title,
	      const struct history_call *calls, size_t count)
{
	char line[QUEUE_TIMELINE_WIDTH];
	json_t *lines = json_array();
	size_t i;

	if (count > QUEUE_TIMELINE_MAX) {
		(void)json_array_append_new(
			lines, json_sprintf("(%zu calls before these)",
					    count - QUEUE_TIMELINE_MAX));
		calls += count - QUEUE_TIMELINE_MAX;
		count = QUEUE_TIMELINE_MAX;
	}
	for (i = 0; i < count; i++) {
		queue_timeline(calls, count, i, line);
		(void)json_array_append_new(lines, json_string(line));
	}
	judge_trace(run->judge, title, lines);
}

void run_fail(struct run *run, const struct queue_finding *finding)
{
	run_show(run, "the calls that show it", finding->calls,
		 finding->count);
	judge_fail(run->judge, "%s", finding->text);
}

/* ---- commands ---- */

void run_calls(struct run *run, size_t calls)
{
	run->calls += calls;
	judge_need_history(run->judge, run->calls);
}

struct ticket *run_post(struct run *run, struct command command)
{
	struct ticket *ticket = run->tickets;

	while (ticket->open)
		if (++ticket == run->tickets + RUN_TICKETS)
			judge_broken("too many commands at once");
	command.sequence = ++run->sequence;
	*ticket = (struct ticket){
		.command = command,
		.sent_ns = history_now_ns(),
		.open = true,
	};
	judge_send(run->judge, run->side, &command, sizeof command);
	return ticket;
}

uint32_t run_gang(struct run *run, uint32_t workers)
{
	run->gathered += workers;
	return run->gathered;
}

static void note_reply(struct run *run, const struct reply *reply)
{
	struct ticket *ticket;
	unsigned i;

	for (i = 0; i < RUN_TICKETS; i++) {
		ticket = &run->tickets[i];
		if (!ticket->open || ticket->answered ||
		    ticket->command.sequence != reply->sequence)
			continue;
		ticket->reply = *reply;
		ticket->received_ns = history_now_ns();
		ticket->answered = true;
		return;
	}
	if (run->side == JUDGE_BASELINE)
		judge_broken("the reference solution answers out of turn");
	judge_fail(run->judge, "the program wrote to the descriptor that"
		   " belongs to the test: an answer to nothing");
}

/* Take in one more reply; what came instead if it is none. */
static enum judge_event pump(struct run *run, uint64_t deadline_ns,
			     uint64_t stuck_from_ns)
{
	struct judge_patience patience = { deadline_ns, stuck_from_ns };
	enum judge_event event;
	struct reply reply;

	event = judge_wait(run->judge, run->side, &reply, sizeof reply,
			   &patience);
	if (event == JUDGE_MESSAGE)
		note_reply(run, &reply);
	return event;
}

struct ticket run_await(struct run *run, struct ticket *ticket,
			const char *doing, uint64_t stuck_from_ns)
{
	enum judge_event event;

	while (!ticket->answered) {
		event = pump(run, run->deadline_ns, stuck_from_ns);
		if (event != JUDGE_MESSAGE)
			lost(run, event, doing);
	}
	ticket->open = false;
	if (!told_add(&run->told, &ticket->command, &ticket->reply))
		judge_fail(run->judge, "the program wrote to the descriptor"
			   " that belongs to the test: that %" PRIu32 " of %"
			   PRIu32 " calls returned 0, and the last %" PRId32,
			   ticket->reply.count, ticket->command.count,
			   ticket->reply.result);
	return *ticket;
}

struct ticket run_do(struct run *run, struct command command,
		     const char *doing)
{
	return run_await(run, run_post(run, command), doing, 0);
}

bool run_answered(struct run *run, struct ticket *ticket)
{
	while (!ticket->answered)
		if (pump(run, 0, RUN_NEVER) != JUDGE_MESSAGE)
			break;
	return ticket->answered;
}

uint32_t run_queue(struct run *run, uint64_t capacity)
{
	struct ticket made;
	struct ticket *ticket;

	if (run->queues == PROTOCOL_QUEUES)
		judge_broken("too many queues");
	ticket = run_post(run, (struct command){ .action = ACTION_NEW,
						 .queue = run->queues,
						 .value = capacity });
	made = run_await(run, ticket, "bq_new() is running",
			 history_now_ns() + START_NS);
	if (!made.reply.value) {
		judge_expected(run->judge, "a queue");
		judge_actual(run->judge, "NULL");
		judge_fail(run->judge, "bq_new(%" PRIu64 ") returned NULL",
			   capacity);
	}
	return run->queues++;
}

void run_free(struct run *run, uint32_t queue)
{
	(void)run_do(run, (struct command){ .action = ACTION_FREE,
					    .queue = queue },
		     "bq_free() is running");
}

struct history run_history(struct run *run, uint32_t queue)
{
	struct history history;

	judge_history(run->judge, &history);
	history_select(&history, queue);
	return history;
}

/* Whether no order explains @history; shows what of it, and may spoil it. */
static bool inexplicable(struct run *run, struct history *history,
			 uint64_t capacity)
{
	size_t states = QUEUE_LINEAR_STATES;
	size_t count;

	if (queue_linear(history->calls, history->count, capacity, &states) !=
	    QUEUE_INEXPLICABLE)
		return false;
	count = queue_shrink(history->calls, history->count, capacity);
	run_show(run, "the smallest part of the calls that shows it",
		 history->calls, count);
	return true;
}

bool run_inexplicable(struct run *run, uint32_t queue, uint64_t capacity)
{
	struct history history = run_history(run, queue);
	bool found = inexplicable(run, &history, capacity);

	history_release(&history);
	return found;
}

void run_complete(struct run *run, uint32_t queue,
		  const struct history *history)
{
	char text[TEXT_MAX];

	if (!told_agrees(&run->told, queue, history, text, sizeof text))
		judge_fail(run->judge, "the memory in which the test records"
			   " the calls was overwritten: %s", text);
}

void run_explain(struct run *run, uint32_t queue, uint64_t capacity)
{
	struct history history = run_history(run, queue);

	if (inexplicable(run, &history, capacity))
		judge_fail(run->judge, "no order of the calls explains what"
			   " they returned, on a queue of capacity %" PRIu64,
			   capacity);
	run_complete(run, queue, &history);
	history_release(&history);
}

uint32_t run_threads(json_int_t number)
{
	if (number < 1 || number > PROTOCOL_CROWD)
		judge_broken("%" JSON_INTEGER_FORMAT " threads are not from 1"
			     " to %d", number, PROTOCOL_CROWD);
	return (uint32_t)number;
}

void run_quit(struct run *run)
{
	struct command quit = { .action = ACTION_QUIT };
	enum judge_event event;

	judge_send(run->judge, run->side, &quit, sizeof quit);
	if (run->side == JUDGE_BASELINE)
		return;
	event = pump(run, run->deadline_ns, 0);
	if (event != JUDGE_ENDED)
		lost(run, event, "it should end");
	if (!judge_ended_well(run->judge))
		judge_fail(run->judge, "all calls had returned, but then %s",
			   judge_ending(run->judge));
}
