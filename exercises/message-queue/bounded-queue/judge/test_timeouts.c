/*
 * test_timeouts.c - time that passes, against time that is set
 *
 * The judge measures from sending a command to its answer, which is never
 * shorter than the call itself: what looks too early here was too early. Too
 * late is not a matter of milliseconds, but of a program that is wholly asleep
 * a good while after the call should have returned.
 */
#include "tests.h"

#include <errno.h>
#include <inttypes.h>

#include "queue_call.h"

#define TICK_MS 10       /* of a coarse clock: so much too early is allowed */
#define LATE_MS 250      /* asleep so long after its time is late */
#define SETTLE_MS 200

/* A call that nobody will satisfy, and the wall clock set while it waits. */
static void wait_across_jump(struct run *run, struct command command,
			     int64_t jump_s)
{
	uint64_t timeout_ns = (uint64_t)command.timeout_ms * MS;
	const char *name = command.action == ACTION_PUT ? "bq_put" : "bq_take";
	const char *way = jump_s < 0 ? "back" : "forward";
	struct command clock = { .action = ACTION_CLOCK };
	struct ticket *ticket;
	struct ticket end;
	char came[QUEUE_CALL_TEXT_MAX];
	uint64_t took_ns;

	(void)run_do(run, clock, "the test is set up");
	ticket = run_post(run, command);
	(void)judge_settle(run->judge, (unsigned)command.timeout_ms / 2);
	clock.value = (uint64_t)jump_s;
	(void)run_do(run, clock, "the test is set up");
	end = run_await(run, ticket, jump_s < 0 ?
			"a call is overdue that was waiting when the wall"
			" clock was set back" :
			"a call is overdue that was waiting when the wall"
			" clock was set forward",
			ticket->sent_ns + timeout_ns + LATE_MS * MS);
	took_ns = end.received_ns - end.sent_ns;
	if (end.reply.result != ETIMEDOUT) {
		queue_result_text(end.reply.result, came);
		judge_expected(run->judge, "ETIMEDOUT");
		judge_actual(run->judge, "%s", came);
		judge_fail(run->judge, "%s() with timeout %" PRId32 " returned"
			   " %s, expected ETIMEDOUT", name,
			   command.timeout_ms, came);
	}
	if (took_ns + TICK_MS * MS >= timeout_ns)
		return;
	judge_expected(run->judge, "%" PRId32 " ms", command.timeout_ms);
	judge_actual(run->judge, "%" PRIu64 " ms", took_ns / MS);
	judge_fail(run->judge, "%s() with timeout %" PRId32 " gave up after"
		   " %" PRIu64 " ms: the wall clock had been set %s while it"
		   " waited", name, command.timeout_ms, took_ns / MS, way);
}

static void expect_success(struct run *run, const struct ticket *end,
			   const char *what)
{
	char came[QUEUE_CALL_TEXT_MAX];

	if (end->reply.result == 0)
		return;
	queue_result_text(end->reply.result, came);
	judge_expected(run->judge, "0");
	judge_actual(run->judge, "%s", came);
	judge_fail(run->judge, "%s returned %s, expected 0", what, came);
}

static void fill(struct run *run, uint32_t queue, uint64_t item)
{
	struct command put = { .action = ACTION_PUT, .queue = queue,
			       .worker = 2, .count = 1, .value = item };
	struct ticket end = run_do(run, put, "there is room for a put");

	expect_success(run, &end, "bq_put() on a queue with room");
}

/* Wait until thread 0 has timed out, whether or not the shim has hold of it. */
static void await_timeout(struct run *run, struct ticket *ticket)
{
	struct command held = { .action = ACTION_HELD };
	uint64_t until_ns = ticket->sent_ns + LATE_MS * MS +
			    (uint64_t)ticket->command.timeout_ms * MS;

	while (history_now_ns() < until_ns && !run_answered(run, ticket)) {
		if (run_do(run, held, "a call waits").reply.value > 0)
			return;
		judge_sleep_ms(2);
	}
}

/*
 * Thread 0 waits with a timeout, thread 1 without, both for the same. The
 * moment after thread 0's time is up and before it is back, what they wait for
 * happens, once. Either may have it; but if thread 0 reports a timeout, then
 * it is thread 1's, which must not sleep on.
 */
static void time_out_beside(struct run *run, struct command wait,
			    struct command change, const char *doing)
{
	struct command hold = { .action = ACTION_HOLD, .count = 1 };
	struct ticket *timed;
	struct ticket *other;
	struct ticket end;

	(void)run_do(run, hold, "the test is set up");
	timed = run_post(run, wait);
	(void)judge_settle(run->judge, (unsigned)wait.timeout_ms / 2);
	wait.worker = 1;
	wait.timeout_ms = -1;
	wait.value++;
	other = run_post(run, wait);
	await_timeout(run, timed);
	(void)judge_settle(run->judge, SETTLE_MS);
	end = run_do(run, change, "there is nothing to wait for");
	expect_success(run, &end, "the call that others waited for");
	hold.count = 0;
	(void)run_do(run, hold, "the test is set up");
	end = run_await(run, timed, "a call has timed out", 0);
	if (end.reply.result != ETIMEDOUT) {
		expect_success(run, &end, "a call that did not time out");
		end = run_do(run, change, "there is nothing to wait for");
		expect_success(run, &end, "the call that others waited for");
	}
	end = run_await(run, other, doing, 0);
	expect_success(run, &end, "the call without a timeout");
}

static void empty_queue(struct run *run, int32_t timeout_ms, int64_t jump_s)
{
	uint32_t queue = run_queue(run, 1);
	struct command take = { .action = ACTION_TAKE, .queue = queue,
				.count = 1, .timeout_ms = timeout_ms };
	struct command put = { .action = ACTION_PUT, .queue = queue,
			       .worker = 2, .count = 1, .timeout_ms = -1,
			       .value = 7 };

	wait_across_jump(run, take, jump_s);
	wait_across_jump(run, take, -jump_s);
	time_out_beside(run, take, put, "an item is in the queue and a take"
			" waits for it; another take had timed out just as"
			" the item came");
	run_free(run, queue);
}

static void full_queue(struct run *run, int32_t timeout_ms, int64_t jump_s)
{
	uint32_t queue = run_queue(run, 1);
	struct command put = { .action = ACTION_PUT, .queue = queue,
			       .count = 1, .timeout_ms = timeout_ms,
			       .value = 8 };
	struct command take = { .action = ACTION_TAKE, .queue = queue,
				.worker = 2, .count = 1, .timeout_ms = -1 };

	fill(run, queue, 7);
	wait_across_jump(run, put, -jump_s);
	wait_across_jump(run, put, jump_s);
	time_out_beside(run, put, take, "there is room in the queue and a put"
			" waits for it; another put had timed out just as the"
			" room came");
	run_free(run, queue);
}

void test_timeouts(struct run *run)
{
	int32_t timeout_ms = (int32_t)judge_param(run->judge, "timeout_ms");
	json_int_t jump_s = judge_param(run->judge, "jump_s");

	/* Not the same figures twice, nor the same order. */
	timeout_ms += (int32_t)random_below(&run->random, 10);
	if (random_below(&run->random, 2)) {
		empty_queue(run, timeout_ms, jump_s);
		full_queue(run, timeout_ms, jump_s);
	} else {
		full_queue(run, timeout_ms, jump_s);
		empty_queue(run, timeout_ms, jump_s);
	}
}
