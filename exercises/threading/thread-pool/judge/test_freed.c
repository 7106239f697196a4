/*
 * test_freed.c - futures that are freed before their tasks are over
 *
 * And what the submission has on the heap then: nothing more than before, when
 * the pool is gone as well. The ledger that counts it is beside the submission.
 */
#include "tests.h"

#include <inttypes.h>

#include "commands.h"
#include "facts.h"

static int64_t blocks(struct run *run)
{
	struct ticket end = run_do(run,
				   (struct command){ .action = ACTION_BLOCKS },
				   "the test looks at the heap");

	return (int64_t)end.reply.value;
}

static void expect_none_left(struct run *run, int64_t before, const char *what)
{
	int64_t after = blocks(run);
	uint64_t left = (uint64_t)after - (uint64_t)before;

	if (after <= before)
		return;
	judge_expected(run->judge, "0 blocks");
	judge_actual(run->judge, "%" PRIu64 " blocks", left);
	judge_fail(run->judge,
		   "%" PRIu64 " blocks of memory were not given"
		   " back, %s",
		   left, what);
}

/* While they are queued, but for the first, which runs. */
static void early(struct run *run, uint32_t tasks)
{
	int64_t before = blocks(run);
	struct ticket end;

	run_new(run, (struct run_pool){ 1, 2, 2 * tasks + 4, POOL_BLOCK });
	run_call(run, submit(0, 0, 2, TASK_HELD, 0), 0, "a pool_submit()");
	run_call(run, begun(0, 0, 2), 0, "two tasks begin on two threads");
	run_call(run, submit(0, 2, tasks, TASK_PLAIN, 0), 0,
		 "a pool_submit() while there was room");
	run_call(run, forget(0, 0, tasks + 2), 0, "future_free()");
	run_call(run,
		 (struct command){ .action = ACTION_DROP,
				   .first = tasks + 2,
				   .count = tasks },
		 0, "a pool_submit() with NULL for the future");
	run_call(run, submit(0, 2 * tasks + 2, 2, TASK_FREE, 0), 0,
		 "a pool_submit() while there was room");
	run_open(run, 0);
	end = run_do(run, shut(0, 1, -1), "pool_shutdown() drains");
	run_expect_value(run, &end, 0, "a pool_shutdown() that drains");
	run_free(run);
	expect_none_left(run, before,
			 "with all tasks run, their futures freed"
			 " before that, and the pool gone");
}

/* When the pool is gone; half of them were cancelled by its end. */
static void late(struct run *run, uint32_t tasks)
{
	int64_t before = blocks(run);

	run_new(run, (struct run_pool){ 1, 1, 2 * tasks, POOL_BLOCK });
	run_call(run, submit(0, 0, tasks, TASK_PLAIN, 0), 0,
		 "a pool_submit() while there was room");
	run_call(run, wait_for(0, 0, tasks, -1), 0, "a future_wait()");
	run_call(run, submit(0, tasks, 1, TASK_HELD, 0), 0,
		 "a pool_submit() while there was room");
	run_call(run, begun(0, tasks, 1), 0, "a task begins");
	run_call(run, submit(0, tasks + 1, tasks, TASK_PLAIN, 0), 0,
		 "a pool_submit() while there was room");
	(void)run_do(run, shut(0, 0, 0), "pool_shutdown() cancels");
	run_open(run, 0);
	run_free(run);
	run_call(run, wait_for(0, 0, tasks + 1, 0), 0,
		 "a future_wait() for a finished task of a pool that is gone");
	run_call(run, forget(0, 0, 2 * tasks + 1), 0, "future_free()");
	expect_none_left(run, before,
			 "with the pool gone and all futures"
			 " freed after that");
}

void test_freed(struct run *run)
{
	uint32_t tasks = (uint32_t)judge_param(run->judge, "tasks");

	if (tasks > PROTOCOL_TASKS / 4)
		judge_broken("more tasks than there are numbers for");
	run_hello(run, 1);
	early(run, tasks);
	late(run, tasks);
}
