/*
 * test_shutdown.c - the end of a pool
 *
 * Each case has the threads of a pool where it wants them, asleep or held in a
 * task, before it shuts down; so the number of tasks that never run is known.
 */
#include "tests.h"

#include <errno.h>
#include <inttypes.h>

#include "commands.h"
#include "facts.h"

#define SETTLE_MS 300
#define EARLY_MS 10
#define TIME_MS 40
#define CLOSER 7
#define ROUND_TASKS 40

struct size {
	uint32_t threads;
	uint32_t queued;
};

/* All threads in tasks 0 and on, held at gate 0, and more that are queued. */
static void hold(struct run *run, const struct size *size)
{
	run_new(run, (struct run_pool){ (int)size->threads, (int)size->threads,
					size->queued, POOL_BLOCK });
	run_call(run, submit(0, 0, size->threads, TASK_HELD, 0), 0,
		 "a pool_submit()");
	run_call(run, begun(0, 0, size->threads), 0,
		 "as many tasks begin as there are threads");
	run_call(run, submit(0, size->threads, size->queued, TASK_PLAIN, 0), 0,
		 "a pool_submit() while there was room");
}

static void done(struct run *run, const struct size *size)
{
	run_call(run, forget(0, 0, size->threads + size->queued), 0,
		 "future_free()");
	run_free(run);
}

static void counted(struct run *run, struct ticket *ticket, uint32_t count,
		    const char *what)
{
	struct ticket end = run_await(run, ticket, what, 0);

	run_expect_value(run, &end, count, what);
}

/* More threads than there are calls that could wake one each. */
static void asleep(struct run *run, const struct size *size)
{
	int threads = (int)size->threads + 3;

	run_new(run, (struct run_pool){ threads, threads, 1, POOL_BLOCK });
	(void)judge_settle(run->judge, SETTLE_MS);
	counted(run, run_post(run, shut(0, 1, -1)), 0,
		"a pool_shutdown() of a pool whose threads are asleep");
	run_call(run, submit(0, 0, 1, TASK_PLAIN, 0), ESHUTDOWN,
		 "a pool_submit() to a pool that is shut down");
	run_free(run);
}

static void drained(struct run *run, const struct size *size)
{
	struct ticket *ticket;

	hold(run, size);
	ticket = run_post(run, shut(CLOSER, 1, -1));
	(void)judge_settle(run->judge, SETTLE_MS);
	run_call(run, submit(0, size->threads + size->queued, 1, TASK_PLAIN, 0),
		 ESHUTDOWN,
		 "a pool_submit() while another thread's"
		 " pool_shutdown() drains");
	if (run_answered(run, ticket))
		judge_fail(run->judge, "pool_shutdown() with timeout -1"
				       " returned while tasks were running");
	run_open(run, 0);
	counted(run, ticket, 0, "a pool_shutdown() that drains");
	run_call(run, wait_for(0, size->threads, size->queued, 0), 0,
		 "a future_wait() for a task that was drained");
	done(run, size);
}

/* A drain is under way, and somebody has no time for it. */
static void hurried(struct run *run, const struct size *size)
{
	struct ticket *draining;
	struct ticket *hurrying;

	hold(run, size);
	draining = run_post(run, shut(CLOSER, 1, -1));
	(void)judge_settle(run->judge, SETTLE_MS);
	hurrying = run_post(run, shut(CLOSER - 1, 0, -1));
	run_call(run, wait_for(0, size->threads, size->queued, -1), ECANCELED,
		 "a future_wait() for a task that was queued when"
		 " pool_shutdown(0) was called");
	run_open(run, 0);
	counted(run, hurrying, size->queued,
		"a pool_shutdown() without drain"
		" beside one that drains");
	counted(run, draining, 0, "the pool_shutdown() that drained");
	counted(run, run_post(run, shut(0, 0, -1)), 0,
		"a pool_shutdown() when all is over");
	done(run, size);
}

static void in_time(struct run *run, const struct size *size)
{
	struct ticket end;
	uint64_t took_ms;

	hold(run, size);
	end = run_await(run, run_post(run, shut(CLOSER, 1, TIME_MS)),
			"pool_shutdown() has a timeout, and tasks run on",
			history_now_ns() + TIME_MS * MS);
	took_ms = (end.received_ns - end.sent_ns) / MS;
	run_expect_value(run, &end, size->queued,
			 "a pool_shutdown() whose"
			 " timeout was over");
	if (took_ms + EARLY_MS < TIME_MS)
		judge_fail(run->judge,
			   "pool_shutdown() with timeout %d"
			   " returned after %" PRIu64 " ms, while tasks were"
			   " running",
			   TIME_MS, took_ms);
	run_call(run, wait_for(0, size->threads, size->queued, 0), ECANCELED,
		 "a future_wait() for a task that was queued when the time was"
		 " over");
	run_open(run, 0);
	counted(run, run_post(run, shut(CLOSER, 1, -1)), 0,
		"another pool_shutdown()");
	run_call(run, wait_for(0, 0, size->threads, 0), 0,
		 "a future_wait() for a task that went on");
	done(run, size);
}

/* Two submits wait for room that never comes. */
static void woken(struct run *run, const struct size *size)
{
	struct ticket *submits[2];
	struct ticket *closing;
	struct ticket end;
	uint32_t i;

	hold(run, size);
	for (i = 0; i < 2; i++)
		submits[i] = run_post(
			run, submit(1 + i, 1000 + i, 1, TASK_PLAIN, 0));
	(void)judge_settle(run->judge, SETTLE_MS);
	closing = run_post(run, shut(CLOSER, 1, -1));
	for (i = 0; i < 2; i++) {
		end = run_await(run, submits[i],
				"submits still wait for room"
				" although the pool is shut down",
				0);
		run_expect(run, &end, ESHUTDOWN,
			   "a pool_submit() that waited"
			   " for room when the pool was shut down");
	}
	run_open(run, 0);
	counted(run, closing, 0, "a pool_shutdown() that drains");
	done(run, size);
}

static void inside(struct run *run, enum task_kind kind)
{
	const uint32_t queued = 3;

	run_new(run, (struct run_pool){ 1, 1, 8, POOL_BLOCK });
	run_call(run, submit(0, 0, 1, TASK_HELD, 0), 0, "a pool_submit()");
	run_call(run, begun(0, 0, 1), 0, "task 0 begins");
	run_call(run, submit(0, 1, 1, kind, 0), 0, "a pool_submit()");
	run_call(run, submit(0, 2, queued, TASK_PLAIN, 0), 0,
		 "a pool_submit()");
	run_open(run, 0);
	run_call(run, wait_for(0, 1, 1, -1), 0,
		 "a future_wait() for a task that shuts its pool down");
	run_call(run, wait_for(0, 2, queued, -1),
		 kind == TASK_NOW ? ECANCELED : 0,
		 "a future_wait() for a task that was queued when another"
		 " one shut the pool down");
	counted(run, run_post(run, shut(0, 1, -1)), 0,
		"another pool_shutdown(), from outside");
	run_call(run, forget(0, 0, 2 + queued), 0, "future_free()");
	run_free(run);
}

/* Submits go on while the pool is shut down, by now one way, now the other. */
static void beside(struct run *run, uint32_t round)
{
	uint32_t gang = run_gang(run, 3);
	struct command first = submit(1, 0, ROUND_TASKS, TASK_PLAIN, 0);
	struct command second = submit(2, ROUND_TASKS, ROUND_TASKS, TASK_PLAIN,
				       0);
	struct command last = shut(CLOSER, round % 2, -1);
	struct ticket *tickets[3];
	uint32_t i;

	run_new(run,
		(struct run_pool){ (int)(round % 3), 2, 4, (int)(round % 3) });
	first.gang = second.gang = last.gang = gang;
	tickets[0] = run_post(run, first);
	tickets[1] = run_post(run, second);
	tickets[2] = run_post(run, last);
	for (i = 0; i < 3; i++)
		(void)run_await(run, tickets[i],
				"threads submit while another"
				" one shuts the pool down",
				0);
	(void)run_do(run, wait_for(0, 0, 2 * ROUND_TASKS, -1),
		     "somebody waits for tasks of a pool that is shut down");
	run_call(run, forget(0, 0, 2 * ROUND_TASKS), 0, "future_free()");
	run_free(run);
}

void test_shutdown(struct run *run)
{
	struct size size = {
		(uint32_t)judge_param(run->judge, "threads"),
		(uint32_t)judge_param(run->judge, "queued"),
	};
	json_int_t rounds = judge_param(run->judge, "rounds");
	json_int_t i;

	run_hello(run, PROTOCOL_WORKERS);
	asleep(run, &size);
	drained(run, &size);
	hurried(run, &size);
	in_time(run, &size);
	woken(run, &size);
	inside(run, TASK_DRAIN);
	inside(run, TASK_NOW);
	for (i = 0; i < rounds; i++)
		beside(run, (uint32_t)i);
}
