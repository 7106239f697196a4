/*
 * test_cancel.c - cancelled, or with a result
 *
 * The threads of a pool are known to be held in tasks, so what is queued stays
 * queued, and every call has one right answer. Then nothing is held: what comes
 * of each task is left to the threads, and only has to be one of the two.
 */
#include "tests.h"

#include <errno.h>

#include "commands.h"
#include "facts.h"

#define SETTLE_MS 300
#define QUEUED 6
#define WAITER 5

static void held(struct run *run, uint32_t threads)
{
	struct run_pool pool = { (int)threads, (int)threads, QUEUED,
				 POOL_BLOCK };
	struct ticket *waits[2];
	struct ticket end;
	uint32_t i;

	run_new(run, pool);
	run_call(run, submit(0, 0, threads, TASK_HELD, 0), 0,
		 "a pool_submit()");
	run_call(run, begun(0, 0, threads), 0,
		 "as many tasks begin as there"
		 " are threads");
	run_call(run, submit(0, threads, QUEUED, TASK_PLAIN, 0), 0,
		 "a pool_submit() while there was room");
	for (i = 0; i < 2; i++)
		waits[i] = run_post(run,
				    wait_for(WAITER + i, threads + 1, 1, -1));
	(void)judge_settle(run->judge, SETTLE_MS);
	for (i = 1; i < QUEUED; i += 2)
		run_call(run, cancel(0, threads + i, 1), 0,
			 "a future_cancel() of a task that is queued");
	for (i = 0; i < 2; i++) {
		end = run_await(run, waits[i],
				"two threads wait for a task"
				" that was cancelled",
				0);
		run_expect(run, &end, ECANCELED,
			   "a future_wait() for a task"
			   " that was cancelled meanwhile");
	}
	run_call(run, cancel(0, threads + 1, 1), EALREADY,
		 "a second future_cancel() of the same task");
	run_call(run, cancel(0, 0, threads), EBUSY,
		 "a future_cancel() of a task that is running");
	run_call(run, wait_for(0, 0, 1, 0), ETIMEDOUT,
		 "a future_wait() with timeout 0 for a task that was told to"
		 " stop and is still running");
	run_open(run, 0);
	run_call(run, wait_for(0, 0, threads, -1), 0,
		 "a future_wait() for a task that was told to stop");
	run_call(run, wait_for(0, threads, 1, -1), 0,
		 "a future_wait() for a task that was queued beside others"
		 " that were cancelled");
	run_call(run, cancel(0, 0, 1), EALREADY,
		 "a future_cancel() of a task that is finished");
	(void)run_do(run, shut(0, 1, -1), "pool_shutdown() drains");
	run_call(run, forget(0, 0, threads + QUEUED), 0, "future_free()");
	run_free(run);
}

static void free_for_all(struct run *run, uint32_t threads, uint32_t tasks)
{
	const char *doing = "tasks are submitted, cancelled and waited for at"
			    " once";
	uint32_t gang = run_gang(run, 4);
	struct ticket *tickets[4];
	struct command commands[4] = {
		submit(0, 0, tasks, TASK_PLAIN, 0),
		cancel(1, 0, tasks),
		cancel(2, 0, tasks),
		wait_for(3, 0, tasks, -1),
	};
	uint32_t i;

	run_new(run, (struct run_pool){ 1, (int)threads, QUEUED, POOL_BLOCK });
	for (i = 0; i < 4; i++) {
		commands[i].gang = gang;
		tickets[i] = run_post(run, commands[i]);
	}
	for (i = 0; i < 4; i++)
		(void)run_await(run, tickets[i], doing, 0);
	(void)run_do(run, shut(0, 1, -1), "pool_shutdown() drains");
	run_call(run, forget(0, 0, tasks), 0, "future_free()");
	run_free(run);
}

void test_cancel(struct run *run)
{
	uint32_t threads = (uint32_t)judge_param(run->judge, "threads");
	uint32_t tasks = (uint32_t)judge_param(run->judge, "tasks");

	run_hello(run, PROTOCOL_WORKERS);
	held(run, 1);
	held(run, threads);
	free_for_all(run, 1, tasks);
	free_for_all(run, threads, tasks);
}
