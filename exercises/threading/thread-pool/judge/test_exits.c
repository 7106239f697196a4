/*
 * test_exits.c - tasks that end their threads by pthread_exit()
 *
 * On a pool of one thread, so that whoever does not miss it has none.
 */
#include "tests.h"

#include "commands.h"
#include "facts.h"

static void exits(struct run *run, uint32_t count)
{
	struct ticket end;
	uint32_t i;

	run_new(run, (struct run_pool){ 1, 1, 4, POOL_BLOCK });
	for (i = 0; i < count; i++) {
		run_call(run, submit(0, 2 * i, 1, TASK_EXIT, 0), 0,
			 "a pool_submit()");
		run_call(run, submit(0, 2 * i + 1, 1, TASK_PLAIN, 0), 0,
			 "a pool_submit()");
		end = run_do(run, wait_for(0, 2 * i, 1, -1),
			     "somebody waits for a task that has ended its"
			     " thread by pthread_exit()");
		run_expect(run, &end, 0,
			   "a future_wait() for a task that"
			   " called pthread_exit()");
		run_expect_value(run, &end, 0,
				 "a future_wait() for a task that"
				 " called pthread_exit()");
		run_call(run, wait_for(0, 2 * i + 1, 1, -1), 0,
			 "a task is queued and the thread that was to run it"
			 " has ended itself: a future_wait() for it");
	}
	(void)run_do(run, shut(0, 1, -1), "pool_shutdown() drains");
	run_call(run, forget(0, 0, 2 * count), 0, "future_free()");
	run_free(run);
}

/* The last of some tasks that wait for each other, on one thread's stack. */
static void exits_deep(struct run *run, uint32_t depth)
{
	const char *what = "a future_wait() for a task whose thread was ended"
			   " by a task that it ran while it waited";
	struct ticket end;

	run->muted = 1;
	run_new(run, (struct run_pool){ 1, 1, depth, POOL_BLOCK });
	run_call(run, submit(0, 0, 1, TASK_EXIT_DEEP, depth), 0,
		 "a pool_submit()");
	end = run_do(run, wait_for(0, 0, 1, -1), what);
	run_expect(run, &end, 0, what);
	run_expect_value(run, &end, 0, what);
	(void)run_do(run, shut(0, 1, -1), "pool_shutdown() drains");
	run_call(run, forget(0, 0, depth), 0, "future_free()");
	run_free(run);
	run->muted = 0;
}

void test_exits(struct run *run)
{
	uint32_t count = (uint32_t)judge_param(run->judge, "exits");

	if (count > PROTOCOL_TASKS / 2)
		judge_broken("more tasks than there are numbers for");
	exits(run, count);
	exits_deep(run, count + 1);
}
