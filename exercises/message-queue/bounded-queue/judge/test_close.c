/*
 * test_close.c - bq_close() under threads that wait
 *
 * The threads are known to be asleep in their calls before the queue is
 * closed; afterwards every one of them has to come back.
 */
#include "tests.h"

#include <errno.h>
#include <inttypes.h>

#include "queue_call.h"

#define SETTLE_MS 300
#define A_MINUTE 60000
#define CLOSER (PROTOCOL_WORKERS - 1)

/* Half of the calls wait for ever, half for a minute: it makes no odds. */
static void post_waiters(struct run *run, struct command command,
			 uint32_t count, struct ticket **tickets)
{
	uint32_t i;

	for (i = 0; i < count; i++) {
		command.worker = i;
		command.timeout_ms = i % 2 ? A_MINUTE : -1;
		command.value = 100 + i;
		tickets[i] = run_post(run, command);
	}
	(void)judge_settle(run->judge, SETTLE_MS);
}

static void close_it(struct run *run, uint32_t queue)
{
	(void)run_do(run, (struct command){ .action = ACTION_CLOSE,
					    .queue = queue,
					    .worker = CLOSER,
					    .count = 1 },
		     "bq_close() is running");
}

static void expect(struct run *run, const struct ticket *end, int32_t result,
		   const char *name, const char *what)
{
	char came[QUEUE_CALL_TEXT_MAX];

	if (end->reply.result == result)
		return;
	queue_result_text(end->reply.result, came);
	judge_expected(run->judge, "%s", name);
	judge_actual(run->judge, "%s", came);
	judge_fail(run->judge, "%s returned %s, expected %s", what, came,
		   name);
}

static void close_empty(struct run *run, uint64_t capacity, uint32_t waiters)
{
	uint32_t queue = run_queue(run, capacity);
	struct command take = { .action = ACTION_TAKE, .queue = queue,
				.count = 1 };
	struct ticket *tickets[PROTOCOL_WORKERS];
	struct ticket end;
	uint32_t i;

	post_waiters(run, take, waiters, tickets);
	close_it(run, queue);
	for (i = 0; i < waiters; i++) {
		end = run_await(run, tickets[i], "takes still wait for an"
				" item although the queue is closed", 0);
		expect(run, &end, EPIPE, "EPIPE", "a take that was waiting"
		       " when the queue was closed");
	}
	end = run_do(run, take, "a call is made on a closed, empty queue");
	expect(run, &end, EPIPE, "EPIPE", "a take with timeout 0 from a closed"
	       " and empty queue");
	run_explain(run, queue, capacity);
	run_free(run, queue);
}

static void close_full(struct run *run, uint64_t capacity, uint32_t waiters)
{
	uint32_t queue = run_queue(run, capacity);
	struct command put = { .action = ACTION_PUT, .queue = queue,
			       .worker = CLOSER, .value = 1 };
	struct command take = { .action = ACTION_TAKE, .queue = queue,
				.worker = 1, .timeout_ms = -1 };
	struct ticket *tickets[PROTOCOL_WORKERS];
	struct ticket end;
	uint32_t i;

	put.count = (uint32_t)capacity;
	end = run_do(run, put, "it fills an empty queue");
	expect(run, &end, 0, "0", "a put while there was room");
	put.count = 1;
	post_waiters(run, put, waiters, tickets);
	close_it(run, queue);
	close_it(run, queue);
	for (i = 0; i < waiters; i++) {
		end = run_await(run, tickets[i], "puts still wait for room"
				" although the queue is closed", 0);
		expect(run, &end, EPIPE, "EPIPE", "a put that was waiting when"
		       " the queue was closed");
	}
	take.count = (uint32_t)capacity + 1;
	end = run_do(run, take, "it empties a closed queue");
	expect(run, &end, EPIPE, "EPIPE", "the last take of a closed queue");
	end = run_do(run, put, "a call is made on a closed, empty queue");
	expect(run, &end, EPIPE, "EPIPE", "a put into a closed queue");
	run_explain(run, queue, capacity);
	run_free(run, queue);
}

void test_close(struct run *run)
{
	uint32_t waiters = run_threads(judge_param(run->judge, "waiters"));
	json_int_t capacity;
	size_t i;

	for (i = 0; judge_param_at(run->judge, "capacities", i, &capacity);
	     i++) {
		close_empty(run, (uint64_t)capacity, waiters);
		close_full(run, (uint64_t)capacity, waiters);
	}
}
