/*
 * test_policies.c - a submit that finds the queue full
 *
 * The one thread is held in a task and the queue filled, so that it is full for
 * as long as the test wants it to be.
 */
#include "tests.h"

#include <errno.h>

#include "commands.h"
#include "facts.h"

#define SETTLE_MS 300

/* Task 0 runs, and is held; the @capacity tasks after it are queued. */
static void fill(struct run *run, int policy, uint32_t capacity)
{
	run_new(run, (struct run_pool){ 0, 1, capacity, policy });
	run_call(run, submit(0, 0, 1, TASK_HELD, 0), 0, "a pool_submit()");
	run_call(run, begun(0, 0, 1), 0, "task 0 begins");
	run_call(run, submit(0, 1, capacity, TASK_PLAIN, 0), 0,
		 "a pool_submit() while there was room");
}

static void finish(struct run *run, uint32_t tasks)
{
	struct ticket end;

	run_open(run, 0);
	end = run_do(run, shut(0, 1, -1), "pool_shutdown() drains");
	run_expect_value(run, &end, 0, "a pool_shutdown() that drains");
	run_call(run, forget(0, 0, tasks), 0, "future_free()");
	run_free(run);
}

static void rejects(struct run *run, uint32_t capacity)
{
	fill(run, POOL_REJECT, capacity);
	run_call(run, submit(0, capacity + 1, 1, TASK_PLAIN, 0), EAGAIN,
		 "a pool_submit() to a full queue under POOL_REJECT");
	run_call(run, cancel(0, capacity, 1), 0,
		 "a future_cancel() of a task that is queued");
	run_call(run, submit(0, capacity + 2, 1, TASK_PLAIN, 0), 0,
		 "a pool_submit() to the place of a task that was cancelled");
	run_call(run, submit(0, capacity + 3, 1, TASK_PLAIN, 0), EAGAIN,
		 "a pool_submit() to a full queue under POOL_REJECT");
	finish(run, capacity + 4);
}

static void still_waits(struct run *run, struct ticket *ticket)
{
	(void)judge_settle(run->judge, SETTLE_MS);
	if (run_answered(run, ticket))
		judge_fail(run->judge, "a pool_submit() to a full queue"
				       " returned at once under POOL_BLOCK");
}

static void blocks(struct run *run, uint32_t capacity)
{
	const char *doing = "a submit waits for room, and there is some";
	struct ticket *first;
	struct ticket *second;
	struct ticket end;

	fill(run, POOL_BLOCK, capacity);
	first = run_post(run, submit(1, capacity + 1, 1, TASK_PLAIN, 0));
	still_waits(run, first);
	run_call(run, cancel(0, 1, 1), 0,
		 "a future_cancel() of a task that is queued");
	end = run_await(run, first, doing, 0);
	run_expect(run, &end, 0, "a pool_submit() that waited for room");
	second = run_post(run, submit(2, capacity + 2, 1, TASK_PLAIN, 0));
	still_waits(run, second);
	run_open(run, 0);
	end = run_await(run, second, doing, 0);
	run_expect(run, &end, 0, "a pool_submit() that waited for room");
	finish(run, capacity + 3);
}

static void caller_runs(struct run *run, uint32_t capacity)
{
	fill(run, POOL_CALLER_RUNS, capacity);
	run_call(run, submit(0, capacity + 1, 1, TASK_PLAIN, 0), 0,
		 "a pool_submit() to a full queue under POOL_CALLER_RUNS");
	run_call(run, wait_for(0, capacity + 1, 1, 0), 0,
		 "a future_wait() for a task that its caller has run");
	run_call(run, wait_for(0, 1, 1, 0), ETIMEDOUT,
		 "a future_wait() with timeout 0 for a task that is queued");
	finish(run, capacity + 2);
}

void test_policies(struct run *run)
{
	json_int_t capacity;
	size_t i;

	run_hello(run, 3);
	for (i = 0; judge_param_at(run->judge, "capacity", i, &capacity); i++) {
		rejects(run, (uint32_t)capacity);
		blocks(run, (uint32_t)capacity);
		caller_runs(run, (uint32_t)capacity);
	}
}
