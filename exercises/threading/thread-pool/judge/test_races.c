/*
 * test_races.c - everything at once, for a sanitizer to watch
 *
 * The sanitizer decides; here it counts that all comes to its end. Nothing is
 * written down, as that would be a place where threads meet.
 */
#include "tests.h"

#include <errno.h>

#include "commands.h"
#include "facts.h"

#define DOING "threads submit, cancel, wait and free at once"
#define CLOSER 7

/* Each free comes after the last use of its future, on the same worker. Half
 * of the tasks free their own, unless a caller may run them: its submit has to
 * return before. */
static void free_for_all(struct run *run, struct run_pool pool, uint32_t tasks)
{
	bool plain = pool.policy == POOL_CALLER_RUNS;
	uint32_t gang = run_gang(run, 4);
	struct command commands[6] = {
		submit(0, 0, tasks, TASK_PLAIN, 0),
		submit(1, tasks, tasks, plain ? TASK_PLAIN : TASK_FREE, 0),
		wait_for(2, 0, tasks, 1),
		cancel(3, 0, tasks),
		cancel(2, 0, tasks),
		wait_for(3, 0, tasks, -1),
	};
	struct ticket *tickets[6];
	uint32_t i;

	run_new(run, pool);
	for (i = 0; i < 6; i++) {
		commands[i].gang = i < 4 ? gang : 0;
		tickets[i] = run_post(run, commands[i]);
	}
	for (i = 0; i < 6; i++)
		(void)run_await(run, tickets[i], DOING, 0);
	run_call(run, forget(2, 0, plain ? 2 * tasks : tasks), 0,
		 "future_free()");
	(void)run_do(run, shut(CLOSER, 1, 20), "pool_shutdown() has a timeout");
	run_free(run);
}

static void nested(struct run *run, struct run_pool pool, uint32_t count)
{
	uint32_t i;

	run_new(run, pool);
	for (i = 0; i < 4; i++)
		run_call(run,
			 submit(i, 400 * i, 1, i % 2 ? TASK_FAN : TASK_DEEP,
				count),
			 0, "a pool_submit()");
	for (i = 0; i < 4; i++)
		run_call(run, wait_for(i, 400 * i, 1, -1), 0,
			 "a future_wait() for a task that waits for tasks");
	run_call(run, submit(0, 1990, 1, TASK_DRAIN, 0), 0, "a pool_submit()");
	(void)run_do(run, shut(CLOSER, 1, -1), "pool_shutdown() drains");
	for (i = 0; i < 4; i++)
		run_call(run, forget(0, 400 * i, i % 2 ? count + 1 : count), 0,
			 "future_free()");
	run_call(run, forget(0, 1990, 1), 0, "future_free()");
	run_free(run);
}

void test_races(struct run *run)
{
	uint32_t tasks = (uint32_t)judge_param(run->judge, "tasks");

	if (4 * tasks > PROTOCOL_TASKS)
		judge_broken("more tasks than there are numbers for");
	run->muted = 1;
	run_hello(run, PROTOCOL_WORKERS);
	free_for_all(run, (struct run_pool){ 1, 3, 4, POOL_BLOCK }, tasks);
	free_for_all(run, (struct run_pool){ 0, 2, 3, POOL_REJECT }, tasks);
	free_for_all(run, (struct run_pool){ 1, 1, 2, POOL_CALLER_RUNS },
		     tasks);
	nested(run, (struct run_pool){ 1, 2, 3, POOL_BLOCK }, 8);
}
