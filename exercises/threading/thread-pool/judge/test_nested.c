/*
 * test_nested.c - tasks that wait for tasks
 *
 * None of them waits in a circle, so all come to their end, however few threads
 * there are and however little room.
 */
#include "tests.h"

#include "commands.h"
#include "facts.h"

#define SETTLE_MS 300
#define DOING "tasks wait for tasks that they submitted"

/* One task, which makes @count more, on a pool. */
static void family(struct run *run, struct run_pool pool, enum task_kind kind,
		   uint32_t count)
{
	run_new(run, pool);
	run_call(run, submit(0, 0, 1, kind, count), 0, "a pool_submit()");
	run_call(run, wait_for(1, 0, 1, -1), 0,
		 "a future_wait() for a task that waits for tasks");
	(void)run_do(run, shut(0, 1, -1), DOING);
	run_call(run, forget(0, 0, kind == TASK_FAN ? count + 1 : count), 0,
		 "future_free()");
	run_free(run);
}

/* Two families at once on two threads. */
static void families(struct run *run, uint32_t width)
{
	run_new(run, (struct run_pool){ 2, 2, 1, POOL_BLOCK });
	run_call(run, submit(0, 0, 1, TASK_FAN, width), 0, "a pool_submit()");
	run_call(run, submit(0, 1000, 1, TASK_FAN, width), 0,
		 "a pool_submit()");
	run_call(run, wait_for(1, 0, 1, -1), 0,
		 "a future_wait() for a task that waits for tasks");
	run_call(run, wait_for(2, 1000, 1, -1), 0,
		 "a future_wait() for a task that waits for tasks");
	(void)run_do(run, shut(0, 1, -1), DOING);
	run_call(run, forget(0, 0, width + 1), 0, "future_free()");
	run_call(run, forget(0, 1000, width + 1), 0, "future_free()");
	run_free(run);
}

/*
 * Task 2 waits for task 0, and that for task 1, which is running on the other
 * thread. Whoever runs what is next in the queue while it waits runs task 2 on
 * top of task 0, and so has to wait for itself.
 */
static void no_circle(struct run *run)
{
	struct ticket *ticket;
	struct ticket end;

	run_new(run, (struct run_pool){ 2, 2, 8, POOL_BLOCK });
	run_call(run, submit(0, 0, 1, TASK_MEET, 0), 0, "a pool_submit()");
	run_call(run, begun(0, 1, 1), 0,
		 "the second of two threads begins a"
		 " task that the first one's task has submitted");
	run_call(run, submit(0, 2, 1, TASK_FOLLOW, 0), 0, "a pool_submit()");
	run_open(run, 1);
	(void)judge_settle(run->judge, SETTLE_MS);
	run_open(run, 0);
	ticket = run_post(run, wait_for(1, 2, 1, -1));
	end = run_await(run, ticket,
			"task 2 waits for task 0, task 0 for task"
			" 1, and task 1 was let go",
			0);
	run_expect(run, &end, 0, "a future_wait()");
	(void)run_do(run, shut(0, 1, -1), DOING);
	run_call(run, forget(0, 0, 3), 0, "future_free()");
	run_free(run);
}

void test_nested(struct run *run)
{
	uint32_t depth = (uint32_t)judge_param(run->judge, "depth");
	uint32_t width = (uint32_t)judge_param(run->judge, "width");

	run_hello(run, 3);
	family(run, (struct run_pool){ 1, 1, 4, POOL_BLOCK }, TASK_DEEP, depth);
	family(run, (struct run_pool){ 0, 3, 4, POOL_BLOCK }, TASK_DEEP, depth);
	family(run, (struct run_pool){ 1, 1, width, POOL_REJECT }, TASK_FAN,
	       width);
	family(run, (struct run_pool){ 1, 1, 1, POOL_BLOCK }, TASK_FAN, width);
	family(run, (struct run_pool){ 1, 1, 2, POOL_CALLER_RUNS }, TASK_FAN,
	       width);
	families(run, width);
	no_circle(run);
}
