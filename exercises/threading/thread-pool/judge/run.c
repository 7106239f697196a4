/* run.c - see run.h */
#include "run.h"

#include <inttypes.h>
#include <string.h>

#include "pool_history.h"

/* Time to load and start a program, during which it may be asleep. */
#define START_NS (3000 * MS)
#define CALLS_MAX 8000 /* of a thread, in all of any test */

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

/* ---- what was recorded ---- */

static void show(struct run *run, const char *title,
		 const struct history *calls)
{
	json_t *lines = json_array();

	pool_show(calls->calls, calls->count, lines);
	judge_trace(run->judge, title, lines);
}

/* The calls on the last pool, by the numbers of its tasks. */
static struct history load(struct run *run)
{
	struct history history;
	struct history calls;
	size_t kept = 0;
	size_t i;

	judge_history(run->judge, &history);
	for (i = 0; i < history.count; i++) {
		if (history.calls[i].object >> 16 != run->pools - 1)
			continue;
		history.calls[kept] = history.calls[i];
		history.calls[kept++].object &= 0xffff;
	}
	history.count = kept;
	if (!pool_calls(&history, &calls))
		judge_fail(run->judge, "the program wrote to the memory that"
				       " belongs to the test");
	history_release(&history);
	return calls;
}

static void check(struct run *run)
{
	const struct pool_facts facts = {
		.max = (unsigned)run->pool.max,
		.capacity = run->pool.capacity,
		.policy = run->pool.policy,
		.over = true,
		.one_clock = true,
	};
	struct pool_finding finding = { .task = POOL_NO_TASK };
	struct history calls = load(run);
	char text[POOL_FINDING_TEXT_MAX];

	if (!pool_check(&calls, &facts, &finding)) {
		pool_check_select(&calls, finding.task);
		show(run, "the calls that show it", &calls);
		judge_fail(run->judge, "%s", finding.text);
	}
	if (!told_holds(&run->told, &calls, text, sizeof text))
		judge_fail(run->judge,
			   "the memory in which the test records the calls was"
			   " overwritten: %s",
			   text);
	history_release(&calls);
}

static void show_pending(struct run *run)
{
	struct history calls = load(run);
	size_t kept = 0;
	size_t i;

	for (i = 0; i < calls.count; i++)
		if (calls.calls[i].pending)
			calls.calls[kept++] = calls.calls[i];
	calls.count = kept;
	if (kept > 0)
		show(run, "calls that had not returned", &calls);
	history_release(&calls);
}

/* ---- when it goes wrong ---- */

__attribute__((noreturn)) static void
lost(struct run *run, enum judge_event event, const char *doing)
{
	if (run->side == JUDGE_BASELINE)
		judge_broken("the reference solution stopped answering");
	if (run->pools > 0 && !run->muted)
		show_pending(run);
	if (event == JUDGE_ENDED)
		judge_fail(run->judge, "%s while %s", judge_ending(run->judge),
			   doing);
	if (event == JUDGE_STUCK)
		judge_fail(run->judge,
			   "every thread sleeps and nothing is left"
			   " to wake one, while %s",
			   doing);
	judge_fail(run->judge, "out of time, and still busy, while %s", doing);
}

/* ---- commands ---- */

struct ticket *run_post(struct run *run, struct command command)
{
	struct ticket *ticket = run->tickets;

	while (ticket->open)
		if (++ticket == run->tickets + RUN_TICKETS)
			judge_broken("too many commands at once");
	command.sequence = ++run->sequence;
	command.pool = run->pools > 0 ? run->pools - 1 : 0;
	command.unrecorded = run->muted;
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
	if (!told_add(&run->told, &ticket->command, &ticket->reply) &&
	    run->side == JUDGE_CANDIDATE)
		judge_fail(run->judge,
			   "the program wrote to the descriptor that belongs to"
			   " the test: that %" PRIu32 " of %" PRIu32
			   " calls returned 0, and another %" PRId32,
			   ticket->reply.count, ticket->command.count,
			   ticket->reply.result);
	return *ticket;
}

struct ticket run_do(struct run *run, struct command command, const char *doing)
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

void run_expect(struct run *run, const struct ticket *end, int result,
		const char *what)
{
	char expected[POOL_CALL_TEXT_MAX];
	char actual[POOL_CALL_TEXT_MAX];
	struct history calls;

	if (end->reply.result == result)
		return;
	if (run->side == JUDGE_BASELINE)
		judge_broken("the reference solution fails: %s", what);
	pool_result_text(result, expected);
	pool_result_text(end->reply.result, actual);
	judge_expected(run->judge, "%s", expected);
	judge_actual(run->judge, "%s", actual);
	if (!run->muted) {
		calls = load(run);
		show(run, "the last calls", &calls);
		history_release(&calls);
	}
	judge_fail(run->judge, "%s returned %s, expected %s", what, actual,
		   expected);
}

void run_expect_value(struct run *run, const struct ticket *end, uint64_t value,
		      const char *what)
{
	if (end->reply.value == value)
		return;
	judge_expected(run->judge, "%" PRIu64, value);
	judge_actual(run->judge, "%" PRIu64, end->reply.value);
	judge_fail(run->judge, "%s gave %" PRIu64 ", expected %" PRIu64, what,
		   end->reply.value, value);
}

void run_call(struct run *run, struct command command, int result,
	      const char *what)
{
	struct ticket end = run_do(run, command, what);

	run_expect(run, &end, result, what);
}

void run_open(struct run *run, uint32_t number)
{
	(void)run_do(run,
		     (struct command){ .action = ACTION_OPEN, .first = number },
		     "the test lets a task go on");
}

void run_hello(struct run *run, uint32_t workers)
{
	uint32_t i;

	for (i = 0; i < workers; i++)
		(void)run_await(
			run,
			run_post(run, (struct command){ .action = ACTION_HELLO,
							.worker = i }),
			"the program starts", history_now_ns() + START_NS);
}

/* ---- pools ---- */

void run_new(struct run *run, struct run_pool pool)
{
	struct ticket made;
	struct ticket *ticket;

	if (run->pools == PROTOCOL_POOLS)
		judge_broken("too many pools");
	if (run->pools == 0 && run->side == JUDGE_CANDIDATE)
		judge_need_history(run->judge, run->muted ? 0 : CALLS_MAX);
	run->pools++;
	run->pool = pool;
	run->told = (struct told){ 0 };
	ticket = run_post(run,
			  (struct command){ .action = ACTION_NEW,
					    .first = (uint32_t)pool.min,
					    .count = (uint32_t)pool.max,
					    .value = pool.capacity,
					    .kind = (uint32_t)pool.policy });
	made = run_await(run, ticket, "pool_new() is running",
			 history_now_ns() + START_NS);
	if (!made.reply.value) {
		judge_expected(run->judge, "a pool");
		judge_actual(run->judge, "NULL");
		judge_fail(run->judge,
			   "pool_new(%d, %d, %zu, %d) returned"
			   " NULL",
			   pool.min, pool.max, pool.capacity, pool.policy);
	}
}

void run_free(struct run *run)
{
	(void)run_do(run, (struct command){ .action = ACTION_FREE },
		     "pool_free() is running");
	if (!run->muted)
		check(run);
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
