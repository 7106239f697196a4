/*
 * scenarios.c - what the explorer plays with a submission
 *
 * Linked with the submission and explore.o, which runs each scenario under
 * thousands of schedules. A scenario is a pool, some threads ("parts") and some
 * tasks; parts and tasks are lists of steps, which are calls of pool.h or
 * points at which one waits for another. Calls are recorded, and test_explore.c
 * decides from outside. A thread that nobody wakes ends in a deadlock, as each
 * scenario is such that a right pool lets all of them come to their end.
 *
 * This file is compiled without -fsanitize=thread: what it does between two
 * calls is no step of a schedule. What is shared here is only touched where a
 * semaphore has said that it may be.
 *
 * Time is the explorer's: it stands still, or leaps to the next timeout, and
 * may do so while threads could still go on.
 */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <assay/scenario.h>

#include "ledger.h"
#include "pool.h"
#include "pool_call.h"
#include "scenarios.h"

#define PARTS_MAX 4
#define TASKS_MAX 6
#define GATES_MAX 4
#define VALUE 100 /* task number n returns this + n */
#define SOON_MS 50
#define LONE_MS 300 /* where nobody else has a timeout */
#define EARLY_MS 10 /* a coarse clock: so much too soon is allowed */
#define LATE_MS 250 /* as the statement has it */
#define AN_HOUR_S 3600
#define NEVER -1

enum step_kind {
	STEP_END,
	STEP_SUBMIT,
	STEP_DROP, /* submit, without a place for the future */
	STEP_WAIT,
	STEP_CANCEL,
	STEP_ASK,
	STEP_FREE,
	STEP_SHUTDOWN,
	STEP_BEGUN, /* wait until a task has begun */
	STEP_OPEN,  /* a gate, for all that come to it, and for good */
	STEP_PASS,  /* a gate */
	STEP_SLEEP,
	STEP_CLOCK, /* set the wall clock ahead, or back */
};

struct step {
	enum step_kind kind;
	unsigned number; /* of a task, or a gate; whether to drain */
	int timeout_ms;  /* or seconds, of a clock */
};

#define STEPS(...) ((const struct step[]){ __VA_ARGS__, { 0 } })
#define STEP(...) ((struct step){ __VA_ARGS__ })
#define SUBMIT(task) STEP(STEP_SUBMIT, task, 0)
#define DROP(task) STEP(STEP_DROP, task, 0)
#define WAIT(task) STEP(STEP_WAIT, task, NEVER)
#define WAIT_FOR(task, ms) STEP(STEP_WAIT, task, ms)
#define TRY_WAIT(task) STEP(STEP_WAIT, task, 0)
#define CANCEL(task) STEP(STEP_CANCEL, task, 0)
#define ASK(must_know) STEP(STEP_ASK, must_know, 0)
#define FREE(task) STEP(STEP_FREE, task, 0)
#define DRAIN STEP(STEP_SHUTDOWN, 1, NEVER)
#define DRAIN_FOR(ms) STEP(STEP_SHUTDOWN, 1, ms)
#define NOW STEP(STEP_SHUTDOWN, 0, NEVER)
#define BEGUN(task) STEP(STEP_BEGUN, task, 0)
#define OPEN(gate) STEP(STEP_OPEN, gate, 0)
#define PASS(gate) STEP(STEP_PASS, gate, 0)
#define SLEEP(ms) STEP(STEP_SLEEP, 0, ms)
#define CLOCK(seconds) STEP(STEP_CLOCK, 0, seconds)

struct task {
	struct play *play;
	const struct step *steps;
	unsigned number;
	future_t *future; /* after "known" */
	bool freed;
	sem_t known; /* its submit has returned */
	sem_t begun;
};

struct part {
	struct play *play;
	const struct step *steps;
	pthread_t thread;
};

struct play {
	pool_t *pool;
	struct task tasks[TASKS_MAX];
	sem_t gates[GATES_MAX];
	struct part parts[PARTS_MAX];
	unsigned part_count;
};

struct setting {
	int min;
	int max;
	size_t capacity;
	enum pool_policy policy;
};

/* ---- calls ---- */

/* The beginning and the end of what others may happen inside of. */
static void note_open(enum pool_kind kind, unsigned object, uint64_t argument,
		      int timeout_ms)
{
	unsigned call = scenario_call(kind | POOL_OPEN, object, argument,
				      timeout_ms);

	scenario_return(call, 0, 0);
}

static void note_close(enum pool_kind kind, unsigned object, int result,
		       uint64_t value)
{
	unsigned call = scenario_call(kind | POOL_CLOSE, object, 0, 0);

	scenario_return(call, result, value);
}

/* A latch: once opened, everybody passes. */
static void latch_open(sem_t *latch)
{
	(void)sem_post(latch);
}

static void latch_pass(sem_t *latch)
{
	(void)sem_wait(latch);
	(void)sem_post(latch);
}

static void make_steps(struct play *play, struct task *inside,
		       const struct step *step);

static void *run_task(void *data)
{
	struct task *task = data;
	void *value = (void *)(uintptr_t)(VALUE + task->number);

	note_open(POOL_RUN, task->number, 0, 0);
	latch_open(&task->begun);
	make_steps(task->play, task, task->steps);
	note_close(POOL_RUN, task->number, 0, (uintptr_t)value);
	return value;
}

static void submit(struct play *play, unsigned number, bool keep)
{
	struct task *task = &play->tasks[number];
	int r;

	note_open(POOL_SUBMIT, number, VALUE + number,
		  keep ? POOL_KEPT : POOL_DROPPED);
	r = pool_submit(play->pool, run_task, task,
			keep ? &task->future : NULL);
	note_close(POOL_SUBMIT, number, r, 0);
	scenario_require(r == 0 || !task->future,
			 "pool_submit() failed, but has set *ret");
	scenario_require(r != 0 || !keep || task->future,
			 "pool_submit() returned 0 and has not set *ret");
	latch_open(&task->known);
}

/* NULL: there is none, or none any more. */
static future_t *future_of(struct play *play, unsigned number)
{
	struct task *task = &play->tasks[number];

	latch_pass(&task->known);
	return task->freed ? NULL : task->future;
}

static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void check_time(int timeout_ms, int result, int64_t took_ms)
{
	if (timeout_ms <= 0)
		return;
	scenario_require(result != ETIMEDOUT ||
				 took_ms + EARLY_MS >= timeout_ms,
			 "a call returned ETIMEDOUT before its time was up");
	scenario_require(timeout_ms != LONE_MS || took_ms <= LONE_MS + LATE_MS,
			 "a call was still asleep long after its time was up");
}

static void wait_for(struct play *play, unsigned number, int timeout_ms)
{
	future_t *future = future_of(play, number);
	void *value = (void *)(uintptr_t)POOL_UNTOUCHED;
	int64_t begun_ms;
	int r;

	if (!future)
		return;
	note_open(POOL_WAIT, number, 0, timeout_ms);
	begun_ms = timeout_ms > 0 ? now_ms() : 0;
	r = future_wait(future, timeout_ms, &value);
	note_close(POOL_WAIT, number, r, (uintptr_t)value);
	if (timeout_ms > 0)
		check_time(timeout_ms, r, now_ms() - begun_ms);
	scenario_require(r == 0 || (uintptr_t)value == POOL_UNTOUCHED,
			 "future_wait() failed, but has set *ret");
}

static void cancel(struct play *play, unsigned number)
{
	future_t *future = future_of(play, number);
	unsigned call;

	if (!future)
		return;
	call = scenario_call(POOL_CANCEL, number, 0, 0);
	scenario_return(call, future_cancel(future), 0);
}

static void free_future(struct play *play, unsigned number)
{
	future_t *future = future_of(play, number);

	play->tasks[number].freed = true;
	future_free(future);
}

static void ask(unsigned number, bool must_know)
{
	unsigned call = scenario_call(POOL_ASK, number, must_know, 0);

	scenario_return(call, 0, (uint64_t)(int64_t)task_cancelled());
}

static void shut_down(struct play *play, int drain, int timeout_ms)
{
	int count;

	note_open(POOL_SHUTDOWN, 0, (uint64_t)drain, timeout_ms);
	count = pool_shutdown(play->pool, drain, timeout_ms);
	note_close(POOL_SHUTDOWN, 0, 0, (uint64_t)(int64_t)count);
}

static void sleep_for(int ms)
{
	struct timespec time = { .tv_sec = ms / 1000,
				 .tv_nsec = ms % 1000 * 1000000L };

	(void)nanosleep(&time, NULL);
}

static void make_step(struct play *play, struct task *inside,
		      const struct step *step)
{
	switch (step->kind) {
	case STEP_SUBMIT:
		submit(play, step->number, true);
		break;
	case STEP_DROP:
		submit(play, step->number, false);
		break;
	case STEP_WAIT:
		wait_for(play, step->number, step->timeout_ms);
		break;
	case STEP_CANCEL:
		cancel(play, step->number);
		break;
	case STEP_ASK:
		ask(inside->number, step->number);
		break;
	case STEP_FREE:
		free_future(play, step->number);
		break;
	case STEP_SHUTDOWN:
		shut_down(play, (int)step->number, step->timeout_ms);
		break;
	case STEP_BEGUN:
		latch_pass(&play->tasks[step->number].begun);
		break;
	case STEP_OPEN:
		latch_open(&play->gates[step->number]);
		break;
	case STEP_PASS:
		latch_pass(&play->gates[step->number]);
		break;
	case STEP_SLEEP:
		sleep_for(step->timeout_ms);
		break;
	case STEP_CLOCK:
		scenario_set_wall_clock(step->timeout_ms);
		break;
	case STEP_END:
		break;
	}
}

static void make_steps(struct play *play, struct task *inside,
		       const struct step *step)
{
	for (; step && step->kind != STEP_END; step++)
		make_step(play, inside, step);
}

/* ---- plays ---- */

/* @play has to stay where it is. */
static void begin(struct play *play, const struct setting *on)
{
	unsigned i;

	*play = (struct play){ 0 };
	for (i = 0; i < TASKS_MAX; i++) {
		play->tasks[i].play = play;
		play->tasks[i].number = i;
		(void)sem_init(&play->tasks[i].known, 0, 0);
		(void)sem_init(&play->tasks[i].begun, 0, 0);
	}
	for (i = 0; i < GATES_MAX; i++)
		(void)sem_init(&play->gates[i], 0, 0);
	play->pool = pool_new(on->min, on->max, on->capacity, on->policy);
	scenario_require(play->pool != NULL, "pool_new() returned NULL");
}

static void *act(void *data)
{
	struct part *part = data;

	make_steps(part->play, NULL, part->steps);
	return NULL;
}

/* What task @number does beside returning its value. */
static void task(struct play *play, unsigned number, const struct step *steps)
{
	play->tasks[number].steps = steps;
}

static void part(struct play *play, const struct step *steps)
{
	struct part *part = &play->parts[play->part_count++];

	part->play = play;
	part->steps = steps;
	scenario_require(pthread_create(&part->thread, NULL, act, part) == 0,
			 "a thread cannot be made");
}

static void join_parts(struct play *play)
{
	unsigned i;

	for (i = 0; i < play->part_count; i++)
		(void)pthread_join(play->parts[i].thread, NULL);
}

static void free_futures(struct play *play)
{
	unsigned i;

	for (i = 0; i < TASKS_MAX; i++)
		if (!play->tasks[i].freed)
			future_free(play->tasks[i].future);
}

/* As one that says nothing of what it cancels. */
static void free_pool(struct play *play)
{
	note_open(POOL_SHUTDOWN, 0, 0, NEVER);
	pool_free(play->pool);
	note_close(POOL_SHUTDOWN, 0, POOL_SILENT, 0);
}

static void nothing_is_left(void)
{
	scenario_require(ledger_blocks() <= 0,
			 "the pool and all futures were freed, but not all of"
			 " their memory was given back");
}

/* All parts first, then @last on this thread. Whatever is used after the end
 * is a mistake. */
static void end(struct play *play, const struct step *last)
{
	join_parts(play);
	make_steps(play, NULL, last);
	free_futures(play);
	pool_free(play->pool);
}

/* The same, with the futures after the pool, and a look at the heap. */
static void end_late(struct play *play, const struct step *last)
{
	join_parts(play);
	make_steps(play, NULL, last);
	pool_free(play->pool);
	free_futures(play);
	nothing_is_left();
}

/* ---- once ---- */

static void once_two_submitters(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	part(&play, STEPS(SUBMIT(0), SUBMIT(1), WAIT(0), WAIT(1)));
	part(&play, STEPS(SUBMIT(2), WAIT(2)));
	end(&play, STEPS(TRY_WAIT(0), TRY_WAIT(2), DRAIN));
}

static void once_dropped(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	part(&play, STEPS(DROP(0), DROP(1), BEGUN(1)));
	part(&play, STEPS(DROP(2), BEGUN(0)));
	end(&play, STEPS(DRAIN));
}

/* Each of two tasks needs the other one to be running. */
static void once_together(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	task(&play, 0, STEPS(OPEN(0), PASS(1)));
	task(&play, 1, STEPS(OPEN(1), PASS(0)));
	part(&play, STEPS(SUBMIT(0), SUBMIT(1), WAIT(0), WAIT(1)));
	end(&play, STEPS(DRAIN));
}

/* The same when threads are just done with something else. */
static void once_together_busy(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	task(&play, 1, STEPS(OPEN(0), PASS(1)));
	task(&play, 2, STEPS(OPEN(1), PASS(0)));
	part(&play, STEPS(SUBMIT(0), WAIT(0), SUBMIT(1), WAIT(1)));
	part(&play, STEPS(SUBMIT(2), WAIT(2)));
	end(&play, STEPS(DRAIN));
}

static void once_together_apart(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	task(&play, 0, STEPS(OPEN(0), PASS(1)));
	task(&play, 1, STEPS(OPEN(1), PASS(0)));
	part(&play, STEPS(SUBMIT(0), WAIT(0)));
	part(&play, STEPS(SUBMIT(1), WAIT(1)));
	end(&play, STEPS(DRAIN));
}

static void once_many_waiters(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	part(&play, STEPS(SUBMIT(0), WAIT(0)));
	part(&play, STEPS(WAIT(0)));
	part(&play, STEPS(WAIT(0)));
	end(&play, STEPS(WAIT(0), DRAIN));
}

/* A task comes when a thread has just been idle for long enough to go. */
static void once_beside_retiring(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	part(&play, STEPS(SUBMIT(0), WAIT(0), SLEEP(POOL_IDLE_MS), SUBMIT(1),
			  WAIT(1)));
	part(&play, STEPS(SLEEP(POOL_IDLE_MS), SUBMIT(2), WAIT(2)));
	end(&play, STEPS(DRAIN));
}

static void once_waits_time_out(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	task(&play, 0, STEPS(PASS(0)));
	part(&play, STEPS(SUBMIT(0), WAIT_FOR(0, SOON_MS), OPEN(0), WAIT(0)));
	part(&play, STEPS(WAIT_FOR(0, SOON_MS), WAIT(0)));
	end(&play, STEPS(TRY_WAIT(0), DRAIN));
}

/* The thread is held, so that nobody else has a timeout. */
static void once_clock_ahead(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	task(&play, 0, STEPS(PASS(0)));
	part(&play, STEPS(SUBMIT(0), BEGUN(0), WAIT_FOR(0, LONE_MS),
			  WAIT_FOR(0, LONE_MS), OPEN(0)));
	part(&play, STEPS(BEGUN(0), CLOCK(AN_HOUR_S)));
	end(&play, STEPS(WAIT(0), DRAIN));
}

static void once_clock_back(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	task(&play, 0, STEPS(PASS(0)));
	part(&play, STEPS(SUBMIT(0), BEGUN(0), WAIT_FOR(0, LONE_MS),
			  WAIT_FOR(0, LONE_MS), OPEN(0)));
	part(&play, STEPS(BEGUN(0), CLOCK(-AN_HOUR_S)));
	end(&play, STEPS(WAIT(0), DRAIN));
}

/* ---- cancel ---- */

static void cancel_beside_thread(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	part(&play, STEPS(SUBMIT(0), SUBMIT(1), WAIT(0)));
	part(&play, STEPS(CANCEL(0), CANCEL(1)));
	part(&play, STEPS(WAIT(1)));
	end(&play, STEPS(WAIT(0), CANCEL(0), CANCEL(1), DRAIN));
}

static void cancel_by_two(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	part(&play, STEPS(SUBMIT(0), CANCEL(0), WAIT(0)));
	part(&play, STEPS(CANCEL(0), WAIT(0)));
	end(&play, STEPS(CANCEL(0), DRAIN));
}

static void cancel_running(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	task(&play, 0, STEPS(ASK(false), PASS(0), ASK(true)));
	part(&play, STEPS(SUBMIT(0), SUBMIT(1)));
	part(&play, STEPS(BEGUN(0), CANCEL(0), CANCEL(0), OPEN(0), WAIT(0)));
	end(&play, STEPS(WAIT(1), CANCEL(0), DRAIN));
}

/* The thread is held in task 0, so what is queued stays there. */
static void cancel_the_middle(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	task(&play, 0, STEPS(PASS(0)));
	part(&play, STEPS(SUBMIT(0), SUBMIT(1), SUBMIT(2), SUBMIT(3), OPEN(0)));
	part(&play, STEPS(CANCEL(2), WAIT(3)));
	end(&play, STEPS(WAIT(2), WAIT(1), DRAIN));
}

static void cancel_the_ends(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	task(&play, 0, STEPS(PASS(0)));
	part(&play, STEPS(SUBMIT(0), SUBMIT(1), SUBMIT(2), SUBMIT(3), OPEN(0),
			  SUBMIT(4)));
	part(&play, STEPS(CANCEL(1), CANCEL(3), WAIT(2)));
	end(&play, STEPS(WAIT(4), DRAIN));
}

/* The thread is only let go when the submit that waits for room is back. */
static void cancel_makes_room(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	task(&play, 0, STEPS(PASS(0)));
	part(&play, STEPS(SUBMIT(0), BEGUN(0), SUBMIT(1), SUBMIT(2), OPEN(0)));
	part(&play, STEPS(CANCEL(1)));
	end(&play, STEPS(WAIT(2), DRAIN));
}

static void cancel_makes_room_twice(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	task(&play, 0, STEPS(PASS(0)));
	part(&play, STEPS(SUBMIT(0), BEGUN(0), SUBMIT(1), SUBMIT(2), OPEN(1),
			  SUBMIT(3), OPEN(2)));
	part(&play, STEPS(PASS(1), SUBMIT(4), PASS(2), OPEN(0)));
	part(&play, STEPS(CANCEL(1), CANCEL(2)));
	end(&play, STEPS(WAIT(3), WAIT(4), DRAIN));
}

static void cancel_wakes_waits(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	task(&play, 0, STEPS(PASS(0)));
	part(&play, STEPS(SUBMIT(0), BEGUN(0), SUBMIT(1), WAIT(1), OPEN(0)));
	part(&play, STEPS(WAIT(1)));
	part(&play, STEPS(CANCEL(1)));
	end(&play, STEPS(WAIT(0), DRAIN));
}

static void cancel_beside_shutdown(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	part(&play, STEPS(SUBMIT(0), SUBMIT(1), CANCEL(1)));
	part(&play, STEPS(CANCEL(0)));
	part(&play, STEPS(NOW));
	end(&play, STEPS(WAIT(0), WAIT(1)));
}

/* Told to stop while it is in another task, which is not. */
static void cancel_outer(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	task(&play, 0, STEPS(PASS(0), SUBMIT(1), WAIT(1), ASK(true)));
	task(&play, 1, STEPS(ASK(false)));
	part(&play, STEPS(SUBMIT(0), WAIT(0)));
	part(&play, STEPS(BEGUN(0), CANCEL(0), OPEN(0)));
	end(&play, STEPS(WAIT(1), DRAIN));
}

/* Nothing is left to be drained, and nobody else to say so. */
static void cancel_the_last(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	part(&play, STEPS(SUBMIT(0), SUBMIT(1), DRAIN));
	part(&play, STEPS(CANCEL(1), CANCEL(0)));
	end(&play, STEPS(WAIT(0), WAIT(1)));
}

/* ---- shutdown ---- */

static void shutdown_drain(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	part(&play, STEPS(SUBMIT(0), SUBMIT(1), WAIT(1)));
	part(&play, STEPS(SUBMIT(2), DRAIN, SUBMIT(3)));
	end(&play, STEPS(WAIT(0), WAIT(2), SUBMIT(4)));
}

static void shutdown_now(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	task(&play, 0, STEPS(ASK(false)));
	part(&play, STEPS(SUBMIT(0), SUBMIT(1), SUBMIT(2), WAIT(1)));
	part(&play, STEPS(NOW, SUBMIT(3)));
	end(&play, STEPS(WAIT(0), WAIT(1), WAIT(2)));
}

static void shutdown_twice(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	part(&play, STEPS(SUBMIT(0), SUBMIT(1), SUBMIT(2), DRAIN));
	part(&play, STEPS(BEGUN(0), NOW));
	part(&play, STEPS(BEGUN(0), DRAIN));
	end(&play, STEPS(DRAIN, NOW, WAIT(0), WAIT(2)));
}

static void shutdown_inside_drain(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	task(&play, 0, STEPS(DRAIN, SUBMIT(3)));
	part(&play, STEPS(SUBMIT(0), SUBMIT(1), WAIT(1)));
	part(&play, STEPS(SUBMIT(2), WAIT(2)));
	end(&play, STEPS(WAIT(0), DRAIN));
}

static void shutdown_inside_now(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	task(&play, 0, STEPS(NOW, ASK(true)));
	part(&play, STEPS(SUBMIT(0), SUBMIT(1), WAIT(1)));
	part(&play, STEPS(SUBMIT(2), WAIT(2)));
	end(&play, STEPS(WAIT(0), DRAIN));
}

/* Two tasks that waited would wait for each other. */
static void shutdown_inside_by_two(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	task(&play, 0, STEPS(OPEN(0), PASS(1), DRAIN));
	task(&play, 1, STEPS(OPEN(1), PASS(0), NOW));
	part(&play, STEPS(SUBMIT(0), SUBMIT(1), SUBMIT(2)));
	end(&play, STEPS(WAIT(0), WAIT(1), WAIT(2), DRAIN));
}

/* Fewer calls that could wake a thread each than there are threads. */
static void shutdown_idle(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	part(&play, STEPS(DRAIN));
	end(&play, STEPS(SUBMIT(0)));
}

/* The thread is only let go when the submits that wait for room are back. */
static void shutdown_wakes_submits(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	task(&play, 0, STEPS(PASS(0), PASS(1)));
	part(&play, STEPS(SUBMIT(0), BEGUN(0), SUBMIT(1), OPEN(2), SUBMIT(2),
			  OPEN(0)));
	part(&play, STEPS(PASS(2), SUBMIT(3), OPEN(1)));
	part(&play, STEPS(PASS(2), NOW));
	end(&play, STEPS(WAIT(0), WAIT(1)));
}

/* Time is over while a task runs and another one is queued. */
static void shutdown_in_time(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	task(&play, 0, STEPS(PASS(0), ASK(true)));
	part(&play, STEPS(SUBMIT(0), BEGUN(0), SUBMIT(1), DRAIN_FOR(SOON_MS),
			  OPEN(0)));
	part(&play, STEPS(WAIT(1)));
	end(&play, STEPS(WAIT(1), DRAIN, WAIT(0)));
}

/* ---- nested ---- */

static void nested_deep(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	task(&play, 0, STEPS(SUBMIT(1), WAIT(1), FREE(1)));
	task(&play, 1, STEPS(SUBMIT(2), WAIT_FOR(2, 1000000)));
	part(&play, STEPS(SUBMIT(0), WAIT(0)));
	end(&play, STEPS(WAIT(2), DRAIN));
}

static void nested_fan(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	task(&play, 0,
	     STEPS(SUBMIT(1), SUBMIT(2), SUBMIT(3), WAIT(3), WAIT(1), WAIT(2)));
	part(&play, STEPS(SUBMIT(0), WAIT(0)));
	end(&play, STEPS(DRAIN, TRY_WAIT(3)));
}

static void nested_two_fans(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	task(&play, 0, STEPS(SUBMIT(2), SUBMIT(3), WAIT(2), WAIT(3)));
	task(&play, 1, STEPS(SUBMIT(4), SUBMIT(5), WAIT(4), WAIT(5)));
	part(&play, STEPS(SUBMIT(0), WAIT(0)));
	part(&play, STEPS(SUBMIT(1), WAIT(1)));
	end(&play, STEPS(DRAIN));
}

/* Two tasks wait for the same third. */
static void nested_shared(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	task(&play, 0, STEPS(SUBMIT(2), WAIT(2)));
	task(&play, 1, STEPS(WAIT(2)));
	part(&play, STEPS(SUBMIT(0), WAIT(0)));
	part(&play, STEPS(BEGUN(0), SUBMIT(1), WAIT(1)));
	end(&play, STEPS(WAIT(2), DRAIN));
}

/* 2 waits for 0, which waits for 1: no circle. Who runs 2 on top of 0, to have
 * something to do meanwhile, makes one. */
static void nested_chain(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	task(&play, 0, STEPS(SUBMIT(1), WAIT(1)));
	task(&play, 2, STEPS(WAIT(0)));
	part(&play, STEPS(SUBMIT(0), WAIT(0)));
	part(&play, STEPS(BEGUN(0), SUBMIT(2), WAIT(2)));
	end(&play, STEPS(WAIT(1), DRAIN));
}

static void nested_beside_cancel(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	task(&play, 0, STEPS(SUBMIT(1), WAIT(1)));
	part(&play, STEPS(SUBMIT(0), WAIT(0)));
	part(&play, STEPS(CANCEL(1), WAIT(1)));
	end(&play, STEPS(CANCEL(1), DRAIN));
}

static void nested_beside_shutdown(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	task(&play, 0, STEPS(SUBMIT(1), WAIT(1)));
	task(&play, 2, STEPS(SUBMIT(3), WAIT(3)));
	part(&play, STEPS(SUBMIT(0), WAIT(0)));
	part(&play, STEPS(SUBMIT(2), WAIT(2)));
	part(&play, STEPS(NOW));
	end(&play, STEPS(WAIT(0), WAIT(2)));
}

/* ---- policies ---- */

static void policy_two_submitters(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	part(&play, STEPS(SUBMIT(0), SUBMIT(1), WAIT(1)));
	part(&play, STEPS(SUBMIT(2), SUBMIT(3), WAIT(3)));
	end(&play, STEPS(SUBMIT(4), WAIT(4), DRAIN));
}

/* One place, a thread that is held, and two submits that wait for room. */
static void policy_held(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	task(&play, 0, STEPS(PASS(0)));
	task(&play, 1, STEPS(PASS(1)));
	part(&play, STEPS(SUBMIT(0), BEGUN(0), SUBMIT(1), OPEN(2), SUBMIT(2)));
	part(&play, STEPS(PASS(2), SUBMIT(3)));
	part(&play, STEPS(PASS(2), OPEN(0), BEGUN(1), SLEEP(SOON_MS), OPEN(1)));
	end(&play, STEPS(WAIT(2), WAIT(3), DRAIN));
}

/* What a caller runs is waited for as well. */
static void policy_caller_shutdown(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	task(&play, 0, STEPS(PASS(0)));
	task(&play, 2, STEPS(OPEN(0), ASK(false)));
	part(&play, STEPS(SUBMIT(0), BEGUN(0), SUBMIT(1), SUBMIT(2)));
	part(&play, STEPS(BEGUN(2), DRAIN));
	end(&play, STEPS(NOW, WAIT(2)));
}

/* ---- freed ---- */

static void freed_beside_task(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	part(&play, STEPS(SUBMIT(0), FREE(0), SUBMIT(1), TRY_WAIT(1), FREE(1)));
	part(&play, STEPS(SUBMIT(2), WAIT_FOR(2, SOON_MS), FREE(2)));
	end_late(&play, STEPS(DRAIN));
}

static void freed_inside_task(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	task(&play, 0, STEPS(FREE(0), ASK(false)));
	part(&play, STEPS(SUBMIT(0), BEGUN(0)));
	part(&play, STEPS(SUBMIT(1), FREE(1)));
	end_late(&play, STEPS(DRAIN));
}

/* The pool is gone, and what became of the tasks is still to be had. */
static void freed_after_pool(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	part(&play, STEPS(SUBMIT(0), SUBMIT(1), FREE(1)));
	part(&play, STEPS(SUBMIT(2), NOW));
	join_parts(&play);
	pool_free(play.pool);
	make_steps(&play, NULL, STEPS(WAIT(0), CANCEL(0), WAIT(2), CANCEL(2)));
	free_futures(&play);
	nothing_is_left();
}

static void freed_beside_cancel(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	part(&play, STEPS(SUBMIT(0), SUBMIT(1), CANCEL(1), FREE(1)));
	part(&play, STEPS(CANCEL(0), FREE(0)));
	end_late(&play, STEPS(DRAIN));
}

/* Nobody shuts down but pool_free(), and futures are in use meanwhile. */
static void freed_beside_pool(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	part(&play, STEPS(SUBMIT(0), SUBMIT(1), OPEN(0)));
	part(&play, STEPS(WAIT(0), CANCEL(1), WAIT(1)));
	latch_pass(&play.gates[0]);
	free_pool(&play);
	join_parts(&play);
	free_futures(&play);
	nothing_is_left();
}

/* Some run, some never will, and all are given back. */
static void freed_beside_shutdown(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	part(&play, STEPS(SUBMIT(0), DROP(1), SUBMIT(2), FREE(2)));
	part(&play, STEPS(NOW));
	end_late(&play, STEPS(WAIT(0)));
}

/* ---- all at once ---- */

static void everything(const struct setting *on)
{
	struct play play;

	begin(&play, on);
	task(&play, 0, STEPS(DROP(3), ASK(false)));
	task(&play, 1, STEPS(SUBMIT(4), WAIT(4)));
	part(&play, STEPS(SUBMIT(0), SUBMIT(1), WAIT_FOR(0, SOON_MS), FREE(0)));
	part(&play, STEPS(SUBMIT(2), CANCEL(1), TRY_WAIT(1), CANCEL(2)));
	part(&play, STEPS(DRAIN_FOR(SOON_MS)));
	end(&play, STEPS(WAIT(1), NOW));
}

/* ---- the list ---- */

#define RUN(name, function, min, max, capacity, policy)                    \
	static void function##_##min##_##max##_##capacity##_##policy(void) \
	{                                                                  \
		function(&(struct setting){ min, max, capacity, policy }); \
	}
#define LIST(name, function, min, max, capacity, policy) \
	{ name, function##_##min##_##max##_##capacity##_##policy },

POOL_SCENARIOS(RUN)

const struct scenario scenarios[] = {
	POOL_SCENARIOS(LIST){ NULL, NULL },
};
