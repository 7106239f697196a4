/*
 * test_threads.c - many threads put and take at once
 *
 * Large rounds are checked for what needs no search: everything arrives, once,
 * in each producer's order. Small rounds are explained call by call.
 */
#include "tests.h"

#include <errno.h>
#include <inttypes.h>

#include "queue_call.h"

#define MIX_CALLS 25 /* of one thread, few enough to be explained */
#define UNTIL_CLOSED UINT32_MAX /* takes, in a count */
#define CLOSER (PROTOCOL_WORKERS - 1)
#define ITEMS_APART 1000000 /* between the first items of two threads */

struct round {
	uint32_t queue;
	uint64_t capacity;
	uint32_t producers;
	uint32_t consumers;
	uint32_t each; /* items per producer */
	const char *doing;
};

static void close_queue(struct run *run, uint32_t queue, const char *doing)
{
	(void)run_do(run, (struct command){ .action = ACTION_CLOSE,
					    .queue = queue,
					    .worker = CLOSER,
					    .count = 1 }, doing);
}

/* Both together are a crowd, too. */
static void set_threads(struct round *round, json_int_t producers,
			json_int_t consumers)
{
	round->producers = run_threads(producers);
	round->consumers = run_threads(consumers);
	(void)run_threads(producers + consumers);
}

static void post_all(struct run *run, const struct round *round, uint32_t gang,
		     struct ticket **puts, struct ticket **takes)
{
	struct command command = { .queue = round->queue, .timeout_ms = -1,
				   .gang = gang };
	uint32_t i;

	for (i = 0; i < round->consumers; i++) {
		command.action = ACTION_TAKE;
		command.worker = round->producers + i;
		command.count = UNTIL_CLOSED;
		takes[i] = run_post(run, command);
	}
	for (i = 0; i < round->producers; i++) {
		command.action = ACTION_PUT;
		command.worker = i;
		command.count = round->each;
		command.value = (i + 1) * ITEMS_APART;
		puts[i] = run_post(run, command);
	}
}

/* What a thread that worked to its end came back with. */
static void expect_end(struct run *run, const struct round *round,
		       const struct ticket *end, const char *call, int result,
		       const char *name)
{
	struct queue_finding finding;
	struct history history;
	char came[QUEUE_CALL_TEXT_MAX];

	if (end->reply.result == result)
		return;
	/* A queue that has lost or doubled something is better told so. */
	history = run_history(run, round->queue);
	if (!queue_conserves(&history, false, &finding))
		run_fail(run, &finding);
	judge_expected(run->judge, "%s", name);
	queue_result_text(end->reply.result, came);
	judge_actual(run->judge, "%s", came);
	run_show(run, "the last calls", history.calls, history.count);
	judge_fail(run->judge, "%s with timeout -1 on thread t%" PRIu32
		   " returned %s, expected %s", call, end->command.worker,
		   came, name);
}

static void check_round(struct run *run, const struct round *round)
{
	struct history history = run_history(run, round->queue);
	struct queue_finding finding;

	if (!queue_conserves(&history, true, &finding) ||
	    !queue_keeps_order(&history, &finding))
		run_fail(run, &finding);
	run_complete(run, round->queue, &history);
	history_release(&history);
}

/*
 * Producers put all they have; the queue is closed as soon as the last of them
 * is done, with whatever is still in it; consumers take until it is empty.
 */
static void play(struct run *run, struct round *round)
{
	struct ticket *takes[PROTOCOL_WORKERS];
	struct ticket *puts[PROTOCOL_WORKERS];
	struct ticket end;
	uint32_t i;

	run_calls(run, (size_t)round->producers * round->each + 1);
	round->queue = run_queue(run, round->capacity);
	post_all(run, round,
		 run_gang(run, round->producers + round->consumers), puts,
		 takes);
	for (i = 0; i < round->producers; i++) {
		end = run_await(run, puts[i], round->doing, 0);
		expect_end(run, round, &end, "bq_put()", 0, "0");
	}
	close_queue(run, round->queue, "bq_close() is running");
	for (i = 0; i < round->consumers; i++) {
		end = run_await(run, takes[i], "consumers empty a closed"
				" queue", 0);
		expect_end(run, round, &end, "bq_take()", EPIPE, "EPIPE");
	}
	check_round(run, round);
}

/* Fill it, close it, and only then take: everything is still there. */
static void play_drain(struct run *run, uint64_t capacity)
{
	struct command take = { .action = ACTION_TAKE, .worker = CLOSER - 1,
				.count = UNTIL_CLOSED, .timeout_ms = -1 };
	struct round round = { .capacity = capacity };
	struct ticket end;

	run_calls(run, capacity + 1);
	round.queue = take.queue = run_queue(run, capacity);
	(void)run_do(run, (struct command){ .action = ACTION_PUT,
					    .queue = round.queue,
					    .worker = CLOSER - 2,
					    .count = (uint32_t)capacity,
					    .timeout_ms = -1,
					    .value = ITEMS_APART },
		     "it fills an empty queue");
	close_queue(run, round.queue, "bq_close() is running");
	end = run_do(run, take, "it empties a closed queue");
	expect_end(run, &round, &end, "bq_take()", EPIPE, "EPIPE");
	check_round(run, &round);
	run_free(run, round.queue);
}

/* Calls of all kinds that never wait, few enough to be explained. */
static void play_mix(struct run *run, uint64_t capacity)
{
	uint32_t workers = random_between(&run->random, 2, 4);
	uint32_t gang = run_gang(run, workers);
	uint32_t queue = run_queue(run, capacity);
	struct ticket *tickets[4];
	uint32_t i;

	run_calls(run, MIX_CALLS);
	for (i = 0; i < workers; i++)
		tickets[i] = run_post(run, (struct command){
			.action = ACTION_MIX,
			.queue = queue,
			.worker = i,
			.count = MIX_CALLS,
			.gang = gang,
			.value = (i + 1) * ITEMS_APART +
				 random_below(&run->random, 1000) * 100,
		});
	for (i = 0; i < workers; i++)
		(void)run_await(run, tickets[i], "threads make calls with"
				" timeout 0, which never wait", 0);
	run_explain(run, queue, capacity);
	run_free(run, queue);
}

void test_conservation(struct run *run)
{
	json_int_t items = judge_param(run->judge, "items");
	json_int_t mixes = judge_param(run->judge, "mixes");
	json_int_t producers;
	json_int_t consumers;
	json_int_t capacity;
	struct round round;
	json_int_t i;
	size_t n;

	for (i = 0; i < mixes; i++)
		play_mix(run, 1 + (uint64_t)i % 3);
	for (n = 0; judge_param_at(run->judge, "capacities", n, &capacity);
	     n++) {
		(void)judge_param_at(run->judge, "producers", n, &producers);
		(void)judge_param_at(run->judge, "consumers", n, &consumers);
		round = (struct round){
			.capacity = (uint64_t)capacity,
			.doing = "threads put and take without a timeout",
		};
		set_threads(&round, producers, consumers);
		round.each = (uint32_t)items / round.producers;
		play_drain(run, round.capacity);
		play(run, &round);
		run_free(run, round.queue);
	}
}

void test_no_deadlock(struct run *run)
{
	json_int_t items = judge_param(run->judge, "items");
	struct round round = {
		.capacity = (uint64_t)judge_param(run->judge, "capacity"),
		.doing = "producers have items left and consumers are there to"
			 " take",
	};

	set_threads(&round, judge_param(run->judge, "producers"),
		    judge_param(run->judge, "consumers"));
	round.each = 12;
	play(run, &round);
	run_explain(run, round.queue, round.capacity);
	run_free(run, round.queue);
	round.each = (uint32_t)items / round.producers;
	play(run, &round);
	run_free(run, round.queue);
}

void test_spurious(struct run *run)
{
	json_int_t threads = judge_param(run->judge, "threads");
	json_int_t items = judge_param(run->judge, "items");
	struct command spurious = { .action = ACTION_SPURIOUS, .count = 750 };
	json_int_t capacity;
	struct round round;
	size_t n;

	for (n = 0; judge_param_at(run->judge, "capacities", n, &capacity);
	     n++) {
		spurious.value = random_next(&run->random);
		(void)run_do(run, spurious, "the test is set up");
		round = (struct round){
			.capacity = (uint64_t)capacity,
			.each = 10,
			.doing = "waits return for no reason",
		};
		set_threads(&round, threads, threads);
		play(run, &round);
		run_explain(run, round.queue, round.capacity);
		run_free(run, round.queue);
		round.each = (uint32_t)items / round.producers;
		play(run, &round);
		run_free(run, round.queue);
	}
}

/*
 * Every function at once: lengths are asked for, calls time out, and the queue
 * is closed under everybody's hands. The sanitizer watches; here it counts
 * that what was done is what was asked for.
 */
void test_races(struct run *run)
{
	uint32_t items = (uint32_t)judge_param(run->judge, "items");
	struct round round = { .queue = run_queue(run, 3), .capacity = 3,
			       .producers = 2, .consumers = 2, .each = items };
	struct command command = { .queue = round.queue, .count = items,
				   .gang = run_gang(run, 8) };
	struct command close = { .queue = round.queue, .action = ACTION_CLOSE,
				 .worker = CLOSER, .count = 1 };
	struct ticket *takes[PROTOCOL_WORKERS];
	struct ticket *puts[PROTOCOL_WORKERS];
	struct ticket *others[4];
	struct ticket end;
	uint32_t i;

	run_calls(run, 4 * (size_t)items + 1);
	for (i = 0; i < 4; i++) {
		command.worker = 8 + i;
		command.action = i < 2 ? ACTION_LEN : ACTION_MIX;
		command.value = (8 + i) * ITEMS_APART;
		others[i] = run_post(run, command);
	}
	post_all(run, &round, command.gang, puts, takes);
	for (i = 0; i < 2; i++) {
		end = run_await(run, puts[i], "threads put and take", 0);
		expect_end(run, &round, &end, "bq_put()", 0, "0");
	}
	(void)run_await(run, run_post(run, close), "bq_close() is running", 0);
	for (i = 0; i < 4; i++)
		(void)run_await(run, others[i], "threads put and take", 0);
	for (i = 0; i < 2; i++) {
		end = run_await(run, takes[i], "consumers empty a closed"
				" queue", 0);
		expect_end(run, &round, &end, "bq_take()", EPIPE, "EPIPE");
	}
	check_round(run, &round);
	run_free(run, round.queue);
}
