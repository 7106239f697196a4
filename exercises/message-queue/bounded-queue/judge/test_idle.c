/*
 * test_idle.c - threads that wait use no processor
 *
 * Takers wait on an empty queue and putters on a full one, for ever and for a
 * minute. What the program uses meanwhile is the kernel's figure for all of
 * it, asked for from outside. On a busy machine a thread that spins and yields
 * gets next to nothing; but it is never asleep, and that is seen as well.
 */
#include "tests.h"

#include <inttypes.h>

#include "queue_call.h"

#define SETTLE_MS 200
#define A_MINUTE 60000
#define STEP_MS 25
#define PER_CENT 2
#define PATIENCE 5

static void post_waiters(struct run *run, struct command command,
			 uint32_t first, uint32_t count,
			 struct ticket **tickets)
{
	uint32_t i;

	for (i = first; i < first + count; i++) {
		command.worker = i;
		command.timeout_ms = i % 2 ? A_MINUTE : -1;
		command.value = 100 + i;
		tickets[i] = run_post(run, command);
	}
}

struct usage {
	uint64_t cpu_us;
	uint64_t wall_us;
	unsigned looks;
	unsigned awake; /* looks that found a thread not asleep */
};

static uint64_t allowed_us(uint64_t wall_us)
{
	return wall_us * PER_CENT / 100;
}

/*
 * Where the kernel counts in ticks of 10 ms, a single one can make a short
 * interval look bad. So a look that is bad is not final before it would be bad
 * for an interval of PATIENCE times the length.
 */
static struct usage measure(struct run *run, uint64_t interval_us)
{
	struct usage usage = { 0 };
	struct judge_probe before;
	struct judge_probe now;
	uint64_t from_ns;

	(void)judge_settle(run->judge, SETTLE_MS);
	before = judge_probe(run->judge);
	from_ns = history_now_ns();
	do {
		judge_sleep_ms(STEP_MS);
		now = judge_probe(run->judge);
		if (!now.alive)
			break;
		usage.looks++;
		usage.awake += now.running > 0;
		usage.cpu_us = now.cpu_us - before.cpu_us;
		usage.wall_us = (history_now_ns() - from_ns) / 1000;
		if (usage.wall_us >= interval_us &&
		    usage.cpu_us <= allowed_us(usage.wall_us))
			break;
	} while (usage.cpu_us <= allowed_us(PATIENCE * interval_us));
	return usage;
}

static void expect_waiting(struct run *run, struct ticket **tickets,
			   uint32_t count)
{
	char came[QUEUE_CALL_TEXT_MAX];
	uint32_t i;

	for (i = 0; i < count; i++) {
		if (!run_answered(run, tickets[i]))
			continue;
		queue_result_text(tickets[i]->reply.result, came);
		judge_fail(run->judge, "a call that had to wait returned %s"
			   " at once", came);
	}
}

static void release(struct run *run, uint32_t queue)
{
	(void)run_do(run, (struct command){ .action = ACTION_CLOSE,
					    .queue = queue,
					    .worker = PROTOCOL_WORKERS - 1,
					    .count = 1 },
		     "bq_close() is running");
}

static void judge_usage(struct run *run, const struct usage *usage,
			uint32_t threads)
{
	double per_cent = 100.0 * (double)usage->cpu_us /
			  (double)(usage->wall_us + 1);

	judge_metric(run->judge, "idle_cpu", per_cent, "%");
	if (usage->cpu_us > allowed_us(usage->wall_us)) {
		judge_expected(run->judge, "at most %d %% of one processor",
			       PER_CENT);
		judge_actual(run->judge, "%.0f %%", per_cent);
		judge_fail(run->judge, "%" PRIu32 " threads that had nothing to"
			   " do but wait used %" PRIu64 " ms of processor time"
			   " within %" PRIu64 " ms", threads,
			   usage->cpu_us / 1000, usage->wall_us / 1000);
	}
	if (2 * usage->awake > usage->looks) {
		judge_expected(run->judge, "asleep");
		judge_actual(run->judge, "awake in %u of %u looks",
			     usage->awake, usage->looks);
		judge_fail(run->judge, "of %" PRIu32 " threads that had nothing"
			   " to do but wait, some were awake in %u of %u looks",
			   threads, usage->awake, usage->looks);
	}
}

void test_idle(struct run *run)
{
	uint32_t waiters =
		run_threads(2 * judge_param(run->judge, "waiters")) / 2;
	json_int_t interval_ms = judge_param(run->judge, "interval_ms");
	struct command take = { .action = ACTION_TAKE, .count = 1,
				.queue = run_queue(run, 1) };
	struct command put = { .action = ACTION_PUT, .count = 1,
			       .queue = run_queue(run, 1), .value = 1 };
	struct ticket *tickets[PROTOCOL_WORKERS];
	struct usage usage;
	uint32_t i;

	(void)run_do(run, put, "it fills an empty queue");
	post_waiters(run, take, 0, waiters, tickets);
	post_waiters(run, put, waiters, waiters, tickets);
	usage = measure(run, (uint64_t)interval_ms * 1000);
	expect_waiting(run, tickets, 2 * waiters);
	judge_usage(run, &usage, 2 * waiters);
	release(run, take.queue);
	release(run, put.queue);
	for (i = 0; i < 2 * waiters; i++)
		(void)run_await(run, tickets[i], "calls still wait although"
				" the queue is closed", 0);
	run_free(run, take.queue);
	run_free(run, put.queue);
}
