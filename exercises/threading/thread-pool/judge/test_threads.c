/*
 * test_threads.c - how many threads there are, as the kernel counts them
 *
 * The process is asked about from outside, with all threads of the driver's own
 * there from the beginning: what is more than these is the pool's.
 */
#include "tests.h"

#include <inttypes.h>

#include "commands.h"
#include "facts.h"

#define LOOK_MS 10
#define LOOKS_MAX 400 /* for what needs POOL_IDLE_MS */

static unsigned threads_now(struct run *run)
{
	return judge_probe(run->judge).threads;
}

static void wrong(struct run *run, const char *when, unsigned expected,
		  unsigned actual)
{
	judge_expected(run->judge, "%u threads", expected);
	judge_actual(run->judge, "%u threads", actual);
	judge_fail(run->judge, "the pool has %u threads %s, expected %u",
		   actual, when, expected);
}

/* One that is ending may still be seen for a moment. */
static void expect_soon(struct run *run, unsigned own, unsigned expected,
			const char *when)
{
	unsigned now = 0;
	unsigned i;

	for (i = 0; i < LOOKS_MAX; i++) {
		now = threads_now(run) - own;
		if (now == expected)
			return;
		judge_sleep_ms(LOOK_MS);
	}
	judge_late(run->judge);
	wrong(run, when, expected, now);
}

/* As often as a thread might go that must not. */
static void expect_still(struct run *run, unsigned own, unsigned expected,
			 const char *when)
{
	unsigned i;
	unsigned now;

	for (i = 0; i < 2 * POOL_IDLE_MS / LOOK_MS; i++) {
		now = threads_now(run) - own;
		if (now != expected)
			wrong(run, when, expected, now);
		judge_sleep_ms(LOOK_MS);
	}
}

static void expect_idle_soon(struct run *run, unsigned own, unsigned min)
{
	expect_soon(run, own, min,
		    "long after its last task (min is to be"
		    " left)");
}

/* Tasks 0 and on fill all threads, and more are queued. */
static void grow(struct run *run, unsigned own, const struct run_pool *pool,
		 uint32_t first, uint32_t gate)
{
	uint32_t max = (uint32_t)pool->max;

	run_call(run, submit(0, first, 2 * max, TASK_HELD, gate), 0,
		 "a pool_submit() while there was room");
	run_call(run, begun(0, first, max), 0,
		 "tasks are queued, and fewer"
		 " than max are running");
	expect_soon(run, own, max,
		    "while max tasks are running and more are"
		    " queued");
	run_open(run, gate);
	run_call(run, wait_for(0, first, 2 * max, -1), 0, "a future_wait()");
}

void test_threads(struct run *run)
{
	struct run_pool pool = {
		.min = (int)judge_param(run->judge, "min"),
		.max = (int)judge_param(run->judge, "max"),
		.capacity = 64,
		.policy = POOL_BLOCK,
	};
	uint32_t tasks = 2 * (uint32_t)pool.max;
	unsigned min = (unsigned)pool.min;
	unsigned own;

	run_hello(run, 1);
	own = threads_now(run);
	run_new(run, pool);
	expect_soon(run, own, min, "right after pool_new() (min)");
	grow(run, own, &pool, 0, 0);
	expect_idle_soon(run, own, min);
	expect_still(run, own, min, "while it is idle (min)");
	grow(run, own, &pool, tasks, 1);
	expect_idle_soon(run, own, min);
	(void)run_do(run, shut(0, 1, -1), "pool_shutdown() drains");
	expect_soon(run, own, 0, "after it was shut down");
	run_call(run, forget(0, 0, 2 * tasks), 0, "future_free()");
	run_free(run);
	test_exits(run);
}
