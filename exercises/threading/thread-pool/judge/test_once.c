/*
 * test_once.c - each task that is accepted runs once
 *
 * First the example of README.md, line by line. Then many tasks from several
 * threads, on pools of several sizes, and tasks that need each other to be
 * running.
 */
#include "tests.h"

#include <errno.h>

#include "commands.h"
#include "facts.h"

#define SUBMITTERS 3
#define TASKS_APART 256

/* ---- the example ---- */

static void waits(struct run *run, uint32_t task, int timeout_ms,
		  const char *what)
{
	struct ticket end = run_do(run, wait_for(0, task, 1, timeout_ms), what);

	run_expect(run, &end, 0, what);
	run_expect_value(run, &end, PROTOCOL_VALUE + task, what);
}

static void example(struct run *run)
{
	struct ticket end;

	run_new(run, (struct run_pool){ 1, 1, 2, POOL_REJECT });
	run_call(run, submit(0, 0, 1, TASK_HELD, 0), 0,
		 "the first pool_submit()");
	run_call(run, begun(0, 0, 1), 0, "task 0 begins");
	run_call(run, submit(0, 1, 2, TASK_PLAIN, 0), 0,
		 "a pool_submit() while there was room");
	run_call(run, submit(0, 3, 1, TASK_PLAIN, 0), EAGAIN,
		 "a pool_submit() to a full queue");
	run_call(run, wait_for(0, 0, 1, 0), ETIMEDOUT,
		 "a future_wait() with timeout 0 for a task that is running");
	run_call(run, cancel(0, 1, 1), 0,
		 "a future_cancel() of a task that is queued");
	run_call(run, cancel(0, 1, 1), EALREADY,
		 "a second future_cancel() of the same task");
	run_call(run, wait_for(0, 1, 1, -1), ECANCELED,
		 "a future_wait() for a task that was cancelled");
	run_call(run, submit(0, 4, 1, TASK_PLAIN, 0), 0,
		 "a pool_submit() to the place of a task that was cancelled");
	run_call(run, cancel(0, 0, 1), EBUSY,
		 "a future_cancel() of a task that is running");
	run_open(run, 0);
	waits(run, 0, -1, "a future_wait() for a task that was told to stop");
	run_call(run, cancel(0, 0, 1), EALREADY,
		 "a future_cancel() of a task that is finished");
	waits(run, 2, -1, "a future_wait() for a task that was queued");
	end = run_do(run, shut(0, 1, -1), "pool_shutdown() drains");
	run_expect_value(run, &end, 0, "a pool_shutdown() that drains");
	waits(run, 4, 0, "a future_wait() for a task that was drained");
	run_call(run, submit(0, 5, 1, TASK_PLAIN, 0), ESHUTDOWN,
		 "a pool_submit() to a pool that is shut down");
	run_call(run, forget(0, 0, 6), 0, "future_free()");
	run_free(run);
}

/* ---- many ---- */

static void many(struct run *run, struct run_pool pool, uint32_t tasks)
{
	const char *doing = "threads submit tasks and wait for them";
	uint32_t gang = run_gang(run, 2 * SUBMITTERS);
	struct ticket *tickets[2 * SUBMITTERS];
	struct command command;
	struct ticket end;
	uint32_t each = tasks / SUBMITTERS;
	uint32_t i;

	run_new(run, pool);
	for (i = 0; i < SUBMITTERS; i++) {
		command = submit(i, i * TASKS_APART, each, TASK_PLAIN, 0);
		command.gang = gang;
		tickets[2 * i] = run_post(run, command);
		command = wait_for(SUBMITTERS + i, i * TASKS_APART, each, -1);
		command.gang = gang;
		tickets[2 * i + 1] = run_post(run, command);
	}
	for (i = 0; i < 2 * SUBMITTERS; i++) {
		end = run_await(run, tickets[i], doing, 0);
		run_expect(run, &end, 0,
			   i % 2 ? "a future_wait()" : "a pool_submit()");
	}
	(void)run_do(run, shut(0, 1, -1), "pool_shutdown() drains");
	for (i = 0; i < SUBMITTERS; i++)
		run_call(run, forget(i, i * TASKS_APART, each), 0,
			 "future_free()");
	run_free(run);
}

/* As many tasks as threads may be, each of which needs all the others. */
static void together(struct run *run, struct run_pool pool)
{
	uint32_t all = (uint32_t)pool.max;

	run_new(run, pool);
	run_call(run, submit(0, 0, 1, TASK_PLAIN, 0), 0, "a pool_submit()");
	run_call(run, wait_for(0, 0, 1, -1), 0, "a future_wait()");
	run_call(run, submit(0, 1, all, TASK_TOGETHER, all), 0,
		 "a pool_submit()");
	run_call(run, wait_for(0, 1, all, -1), 0,
		 "a future_wait() for tasks that need each other to be"
		 " running, no more than max of them,");
	(void)run_do(run, shut(0, 1, -1), "pool_shutdown() drains");
	run_call(run, forget(0, 0, all + 1), 0, "future_free()");
	run_free(run);
}

void test_once(struct run *run)
{
	json_int_t tasks = judge_param(run->judge, "tasks");
	json_int_t capacity;
	json_int_t min;
	json_int_t max;
	size_t i;

	if (tasks / SUBMITTERS > TASKS_APART)
		judge_broken("more tasks than there are numbers for");
	run_hello(run, 2 * SUBMITTERS);
	example(run);
	for (i = 0; judge_param_at(run->judge, "capacity", i, &capacity); i++) {
		(void)judge_param_at(run->judge, "min", i, &min);
		(void)judge_param_at(run->judge, "max", i, &max);
		many(run,
		     (struct run_pool){ (int)min, (int)max, (size_t)capacity,
					POOL_BLOCK },
		     (uint32_t)tasks);
		together(run, (struct run_pool){ (int)min, (int)max, 64,
						 POOL_BLOCK });
	}
}
