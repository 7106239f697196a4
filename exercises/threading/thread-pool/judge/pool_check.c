/*
 * pool_check.c - see pool_check.h
 *
 * First what is known of each task, and of the pool's end, is gathered, such as
 * the earliest moment from which something may hold: a call that brings it
 * about had begun. Then each call is held against that, and at last each task.
 */
#include "pool_check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <assay/cleanup.h>

#include "facts.h"
#include "pool_history.h"

#define NEVER UINT64_MAX
#define THREADS_MAX 64

typedef const struct history_call call_t;

struct task {
	call_t *submit;
	call_t *run;             /* the first */
	call_t *outer_of_run;    /* what the run is inside of, on its thread */
	uint64_t told_from;      /* future_cancel() -> EBUSY */
	uint64_t cancelled_from; /* future_cancel() -> 0 */
	unsigned cancelled;      /* so often */
};

struct check {
	const struct history *calls;
	const struct pool_facts *facts;
	struct pool_finding *finding;
	struct task *tasks;
	uint32_t count;
	call_t **outer; /* of each call, what it is inside of, on its thread */
	uint64_t shut_from; /* pool_shutdown(), with or without drain */
	uint64_t stop_from; /* one that may cancel what is queued */
};

__attribute__((format(printf, 3, 4))) static bool
found(struct check *check, uint32_t task, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(check->finding->text, sizeof check->finding->text,
			format, arguments);
	va_end(arguments);
	check->finding->task = task;
	return false;
}

/* "wait(task 3, -1) -> ETIMEDOUT", and why it may not be. */
static bool found_call(struct check *check, call_t *call, const char *why)
{
	char text[POOL_CALL_TEXT_MAX];

	pool_call_text(call, text);
	return found(check,
		     call->kind == POOL_SHUTDOWN ? POOL_NO_TASK : call->object,
		     "%s on thread t%" PRIu32 ", but %s", text, call->thread,
		     why);
}

/* ---- gathering ---- */

static void earliest(uint64_t *moment, uint64_t other)
{
	if (other < *moment)
		*moment = other;
}

static void note_cancel(struct task *task, call_t *cancel)
{
	if (cancel->pending)
		return;
	if (cancel->result == EBUSY) {
		earliest(&task->told_from, cancel->invoked_ns);
	} else if (cancel->result == 0) {
		task->cancelled++;
		earliest(&task->cancelled_from, cancel->invoked_ns);
	}
}

static void note_shutdown(struct check *check, call_t *shutdown)
{
	earliest(&check->shut_from, shutdown->invoked_ns);
	if (!shutdown->argument || shutdown->timeout_ms >= 0)
		earliest(&check->stop_from, shutdown->invoked_ns);
}

static bool note_run(struct check *check, struct task *task, size_t index)
{
	call_t *run = &check->calls->calls[index];

	if (task->run)
		return found(check, run->object,
			     "task %" PRIu32 " ran twice,"
			     " on thread t%" PRIu32 " and on thread t%" PRIu32,
			     run->object, task->run->thread, run->thread);
	task->run = run;
	task->outer_of_run = check->outer[index];
	return true;
}

static bool gather(struct check *check)
{
	struct task *task;
	call_t *call;
	size_t i;

	for (i = 0; i < check->calls->count; i++) {
		call = &check->calls->calls[i];
		task = &check->tasks[call->object];
		switch ((enum pool_kind)call->kind) {
		case POOL_SUBMIT:
			task->submit = call;
			break;
		case POOL_RUN:
			if (!note_run(check, task, i))
				return false;
			break;
		case POOL_CANCEL:
			note_cancel(task, call);
			break;
		case POOL_SHUTDOWN:
			note_shutdown(check, call);
			break;
		case POOL_WAIT:
		case POOL_ASK:
		case POOL_KINDS:
		case POOL_OPEN:
		case POOL_CLOSE:
			break;
		}
	}
	return true;
}

/* What each call is inside of: the last one on its thread that is not over. */
static void nest(struct check *check)
{
	call_t *open[THREADS_MAX] = { NULL };
	call_t *first = check->calls->calls;
	call_t *outer;
	size_t i;

	for (i = 0; i < check->calls->count; i++) {
		outer = open[first[i].thread];
		while (outer && outer->completed_ns < first[i].invoked_ns)
			outer = check->outer[outer - first];
		check->outer[i] = outer;
		open[first[i].thread] = &first[i];
	}
}

static bool inside_task(const struct check *check, call_t *call)
{
	const struct history_call *outer =
		check->outer[call - check->calls->calls];

	while (outer && outer->kind != POOL_RUN)
		outer = check->outer[outer - check->calls->calls];
	return outer != NULL;
}

/* A thread of the pool took it from the queue. */
static bool by_pool(const struct task *task)
{
	return task->run && !task->outer_of_run;
}

static bool accepted(const struct task *task)
{
	return task->submit && !task->submit->pending &&
	       task->submit->result == 0;
}

/* ---- what a call has to know ---- */

typedef bool says(call_t *call);

static bool says_finished(call_t *call)
{
	return call->kind == POOL_WAIT && call->result == 0;
}

static bool says_over(call_t *call)
{
	return says_finished(call) ||
	       (call->kind == POOL_WAIT && call->result == ECANCELED) ||
	       (call->kind == POOL_CANCEL &&
		(call->result == 0 || call->result == EALREADY));
}

static bool says_shut(call_t *call)
{
	return call->kind == POOL_SHUTDOWN;
}

/*
 * Whether a call that says so had returned before @later began, and in a way
 * that @later could not miss, whatever the memory order: on the same thread, or
 * on thread 0 when all others have been joined.
 */
static bool known(const struct check *check, call_t *later, says *it_does)
{
	call_t *call = check->calls->calls;
	size_t i;

	for (i = 0; i < check->calls->count; i++, call++)
		if (it_does(call) && call->completed_ns < later->invoked_ns &&
		    (call->kind == POOL_SHUTDOWN ||
		     call->object == later->object) &&
		    (check->facts->one_clock || later->thread == 0 ||
		     later->thread == call->thread))
			return true;
	return false;
}

/* ---- submits ---- */

/* Tasks that may have been queued at @moment, at most; the one of @but not. */
static size_t queued_at_most(const struct check *check, uint64_t moment,
			     call_t *but)
{
	const struct task *task;
	size_t count = 0;
	uint32_t i;

	for (i = 0; i < check->count; i++) {
		task = &check->tasks[i];
		if (!task->submit || task->submit == but ||
		    task->submit->invoked_ns > moment ||
		    (!task->submit->pending && task->submit->result != 0))
			continue;
		count += !task->run || task->run->invoked_ns > moment;
	}
	return count;
}

static bool may_have_been_full(const struct check *check, call_t *submit)
{
	call_t *calls = check->calls->calls;
	size_t i;

	if (queued_at_most(check, submit->invoked_ns, submit) >=
	    check->facts->capacity)
		return true;
	for (i = 0; i < check->calls->count; i++)
		if (calls[i].kind == POOL_SUBMIT &&
		    calls[i].invoked_ns > submit->invoked_ns &&
		    calls[i].invoked_ns < submit->completed_ns &&
		    queued_at_most(check, calls[i].invoked_ns, submit) >=
			    check->facts->capacity)
			return true;
	return false;
}

static bool check_refusal(struct check *check, call_t *submit)
{
	switch (submit->result) {
	case ESHUTDOWN:
		return check->shut_from < submit->completed_ns ||
		       found_call(check, submit,
				  "nobody had shut the pool down");
	case EAGAIN:
		if (check->facts->policy != POOL_REJECT)
			return found_call(check, submit,
					  "the policy is not POOL_REJECT");
		return may_have_been_full(check, submit) ||
		       found_call(check, submit,
				  "the queue was not full at"
				  " any moment of it");
	default:
		return found_call(check, submit,
				  "pool.h knows no such result"
				  " (or there was memory enough)");
	}
}

/* Whether a submitting thread may run the task itself. */
static bool may_run_here(const struct check *check, call_t *submit)
{
	return check->facts->policy == POOL_CALLER_RUNS ||
	       (check->facts->policy == POOL_BLOCK &&
		inside_task(check, submit));
}

static bool check_submit(struct check *check, call_t *submit)
{
	const struct task *task = &check->tasks[submit->object];

	if (task->run && task->run->invoked_ns < submit->invoked_ns)
		return found_call(check, task->run,
				  "it has not been submitted yet");
	if (submit->pending)
		return true;
	if (submit->result != 0 && task->run)
		return found_call(check, submit, "the task ran");
	if (submit->result != 0)
		return check_refusal(check, submit);
	if (known(check, submit, says_shut))
		return found_call(check, submit,
				  "the pool had been shut down before");
	if (task->outer_of_run == submit && !may_run_here(check, submit))
		return found_call(check, task->run,
				  "inside of the submit, on the caller's"
				  " thread, which the policy does not allow");
	return true;
}

/* ---- tasks that run ---- */

static bool check_run(struct check *check, call_t *run)
{
	const struct task *task = &check->tasks[run->object];
	call_t *outer = task->outer_of_run;
	call_t *shutdown;
	size_t i;

	if (task->cancelled > 0)
		return found(check, run->object,
			     "future_cancel() returned 0"
			     " for task %" PRIu32 ", but it ran",
			     run->object);
	if (outer && outer->kind == POOL_WAIT && outer->object != run->object)
		return found_call(check, run,
				  "inside of a wait for another task; such a"
				  " wait runs that one and no other");
	if (outer && outer->kind == POOL_WAIT && !inside_task(check, outer))
		return found_call(check, run,
				  "inside of a wait that is not inside of a"
				  " task; such a wait runs nothing");
	for (i = 0; i < check->calls->count; i++) {
		shutdown = &check->calls->calls[i];
		if (shutdown->kind != POOL_SHUTDOWN ||
		    shutdown->timeout_ms >= 0 || inside_task(check, shutdown))
			continue;
		if (run->completed_ns > shutdown->completed_ns)
			return found_call(check, run,
					  "it was not over when a"
					  " pool_shutdown() without a timeout"
					  " had returned");
	}
	return true;
}

/* ---- calls on futures ---- */

static bool check_wait(struct check *check, call_t *wait)
{
	const struct task *task = &check->tasks[wait->object];

	if (wait->pending)
		return true;
	switch (wait->result) {
	case 0:
		if (!task->run || task->run->completed_ns > wait->completed_ns)
			return found_call(check, wait,
					  task->run
						  ? "the task was not finished"
						  : "the task has not run");
		return wait->value == task->run->value ||
		       found_call(check, wait,
				  "that is not what the task returned");
	case ECANCELED:
		if (task->run)
			return found_call(check, wait, "the task ran");
		return task->cancelled_from < wait->completed_ns ||
		       check->stop_from < wait->completed_ns ||
		       found_call(check, wait, "nobody had cancelled it");
	case ETIMEDOUT:
		if (wait->timeout_ms < 0)
			return found_call(check, wait,
					  "it may sleep for as"
					  " long as it takes");
		return !known(check, wait, says_over) ||
		       found_call(check, wait,
				  "an earlier call has returned"
				  " that says it is finished or cancelled");
	default:
		return found_call(check, wait, "pool.h knows no such result");
	}
}

static bool check_cancel(struct check *check, call_t *cancel)
{
	const struct task *task = &check->tasks[cancel->object];

	if (cancel->pending)
		return true;
	switch (cancel->result) {
	case 0:
		return task->cancelled == 1 ||
		       found_call(check, cancel,
				  "another future_cancel()"
				  " has returned 0 for it, too");
	case EBUSY:
		if (check->facts->over && !task->run)
			return found_call(check, cancel, "the task never ran");
		return !known(check, cancel, says_finished) ||
		       found_call(check, cancel,
				  "an earlier wait has"
				  " returned that says it is finished");
	case EALREADY:
		return (task->run &&
			task->run->completed_ns < cancel->completed_ns) ||
		       task->cancelled_from < cancel->completed_ns ||
		       (!task->run &&
			check->stop_from < cancel->completed_ns) ||
		       found_call(check, cancel,
				  "the task was neither"
				  " finished nor cancelled");
	default:
		return found_call(check, cancel, "pool.h knows no such result");
	}
}

static bool check_ask(struct check *check, call_t *ask)
{
	const struct task *task = &check->tasks[ask->object];

	if (ask->pending)
		return true;
	if (ask->value == 0)
		return !ask->argument ||
		       found_call(check, ask, "it had been told to stop");
	if (ask->value != 1)
		return found_call(check, ask, "it is 0 or 1");
	return task->told_from < ask->completed_ns ||
	       check->stop_from < ask->completed_ns ||
	       found_call(check, ask, "nobody had told it to stop");
}

static bool check_shutdown(struct check *check, call_t *shutdown)
{
	int64_t count = (int64_t)shutdown->value;
	bool drains = shutdown->argument != 0;

	if (shutdown->pending)
		return true;
	if (count < 0)
		return found_call(check, shutdown, "it is a number of tasks");
	if (count > 0 && drains &&
	    (shutdown->timeout_ms < 0 || inside_task(check, shutdown)))
		return found_call(check, shutdown,
				  "it has nothing to cancel:"
				  " what is queued was to run");
	return true;
}

/* ---- at each moment ---- */

/* Threads of the pool that are in a task when @moment has come. */
static size_t busy_at(const struct check *check, uint64_t moment)
{
	const struct task *task;
	size_t count = 0;
	uint32_t i;

	for (i = 0; i < check->count; i++) {
		task = &check->tasks[i];
		count += by_pool(task) && task->run->invoked_ns <= moment &&
			 task->run->completed_ns > moment;
	}
	return count;
}

static size_t queued_at_least(const struct check *check, uint64_t moment)
{
	const struct task *task;
	size_t count = 0;
	uint32_t i;

	for (i = 0; i < check->count; i++) {
		task = &check->tasks[i];
		if (!accepted(task) || task->submit->completed_ns > moment ||
		    task->cancelled_from <= moment)
			continue;
		count += !task->run || task->run->invoked_ns > moment;
	}
	return count;
}

/* Waits inside of tasks, any of which may have taken its task already. */
static size_t helpers_at(const struct check *check, uint64_t moment)
{
	call_t *calls = check->calls->calls;
	size_t count = 0;
	size_t i;

	for (i = 0; i < check->calls->count; i++)
		count += calls[i].kind == POOL_WAIT && check->outer[i] &&
			 calls[i].invoked_ns <= moment &&
			 calls[i].completed_ns > moment;
	return count;
}

static bool check_capacity(struct check *check, call_t *submit)
{
	uint64_t moment = submit->completed_ns;
	size_t queued = queued_at_least(check, moment);
	size_t busy = busy_at(check, moment);
	size_t hands;

	if (queued <= check->facts->capacity || check->stop_from <= moment)
		return true;
	hands = check->facts->max > busy ? check->facts->max - busy : 0;
	hands += helpers_at(check, moment);
	if (queued <= check->facts->capacity + hands)
		return true;
	return found(check, POOL_NO_TASK,
		     "%zu tasks were accepted and not"
		     " begun when submit(task %" PRIu32 ") had returned, and"
		     " %zu threads of the pool at most could have had one in"
		     " hand: the queue holds %zu",
		     queued, submit->object, hands, check->facts->capacity);
}

static bool check_threads(struct check *check, call_t *run)
{
	size_t busy;

	if (!by_pool(&check->tasks[run->object]))
		return true;
	busy = busy_at(check, run->invoked_ns);
	return busy <= check->facts->max ||
	       found(check, run->object,
		     "%zu threads of the pool were in tasks"
		     " at once, of %u",
		     busy, check->facts->max);
}

/* ---- in the end ---- */

static bool check_order(struct check *check)
{
	const struct task *before = NULL;
	const struct task *task;
	call_t *calls = check->calls->calls;
	size_t i;

	if (check->facts->max > 1)
		return true;
	/* By their submits: each is held against the last one to begin. */
	for (i = 0; i < check->calls->count; i++) {
		task = &check->tasks[calls[i].object];
		if (calls[i].kind != POOL_SUBMIT || !accepted(task) ||
		    !by_pool(task))
			continue;
		if (before &&
		    before->submit->completed_ns < calls[i].invoked_ns &&
		    task->run->invoked_ns < before->run->invoked_ns)
			return found(check, POOL_NO_TASK,
				     "task %" PRIu32
				     " was accepted before task %" PRIu32
				     " was submitted, but began after it",
				     before->submit->object, calls[i].object);
		if (!before || task->run->invoked_ns > before->run->invoked_ns)
			before = task;
	}
	return true;
}

static bool check_end(struct check *check)
{
	call_t *calls = check->calls->calls;
	const struct task *task;
	bool silent = false;
	int64_t told = 0;
	int64_t count = 0;
	size_t i;

	for (i = 0; i < check->calls->count; i++) {
		if (calls[i].kind != POOL_SHUTDOWN)
			continue;
		told += (int64_t)calls[i].value;
		silent |= calls[i].result == POOL_SILENT;
	}
	for (i = 0; i < check->count; i++) {
		task = &check->tasks[i];
		if (!accepted(task) || task->run || task->cancelled > 0)
			continue;
		if (check->stop_from == NEVER)
			return found(check, (uint32_t)i,
				     "task %zu was accepted"
				     " and nobody cancelled it, but it never"
				     " ran",
				     i);
		count++;
	}
	return silent || told == count ||
	       found(check, POOL_NO_TASK,
		     "the calls of pool_shutdown() say"
		     " that they cancelled %" PRId64 " tasks, and %" PRId64
		     " never ran that future_cancel() did not cancel",
		     told, count);
}

/* ---- all together ---- */

static bool check_call(struct check *check, call_t *call)
{
	switch ((enum pool_kind)call->kind) {
	case POOL_SUBMIT:
		return check_submit(check, call) &&
		       (call->pending || call->result != 0 ||
			check_capacity(check, call));
	case POOL_RUN:
		return check_run(check, call) && check_threads(check, call);
	case POOL_WAIT:
		return check_wait(check, call);
	case POOL_CANCEL:
		return check_cancel(check, call);
	case POOL_SHUTDOWN:
		return check_shutdown(check, call);
	case POOL_ASK:
		return check_ask(check, call);
	case POOL_KINDS:
	case POOL_OPEN:
	case POOL_CLOSE:
		break;
	}
	return true;
}

static bool check_all(struct check *check)
{
	size_t i;

	nest(check);
	if (!gather(check))
		return false;
	for (i = 0; i < check->calls->count; i++)
		if (!check_call(check, &check->calls->calls[i]))
			return false;
	return check_order(check) && (!check->facts->over || check_end(check));
}

/* Numbers that tables are made for. */
static bool within_bounds(const struct history *calls, uint32_t *ret_count)
{
	uint32_t count = 0;
	size_t i;

	for (i = 0; i < calls->count; i++) {
		if (calls->calls[i].object >= POOL_TASKS_MAX ||
		    calls->calls[i].thread >= THREADS_MAX)
			return false;
		if (calls->calls[i].object >= count)
			count = calls->calls[i].object + 1;
	}
	*ret_count = count;
	return true;
}

bool pool_check(const struct history *calls, const struct pool_facts *facts,
		struct pool_finding *ret)
{
	AUTO_FREE struct task *tasks = NULL;
	AUTO_FREE call_t **outer = NULL;
	struct check check = {
		.calls = calls,
		.facts = facts,
		.finding = ret,
		.shut_from = NEVER,
		.stop_from = NEVER,
	};
	uint32_t i;

	if (!within_bounds(calls, &check.count))
		return found(&check, POOL_NO_TASK,
			     "the record holds calls on"
			     " tasks or threads that there are not");
	tasks = calloc(check.count + 1, sizeof *tasks);
	outer = calloc(calls->count + 1, sizeof *outer);
	ENOUGH(tasks);
	ENOUGH(outer);
	for (i = 0; i < check.count; i++)
		tasks[i].told_from = tasks[i].cancelled_from = NEVER;
	check.tasks = tasks;
	check.outer = outer;
	return check_all(&check);
}

/* Whether @run is inside of @call, on its thread. */
static bool encloses(call_t *call, call_t *run)
{
	return run && call->thread == run->thread &&
	       call->invoked_ns < run->invoked_ns &&
	       call->completed_ns > run->invoked_ns;
}

void pool_check_select(struct history *calls, uint32_t task)
{
	struct history_call run = { 0 };
	bool ran = false;
	size_t kept = 0;
	size_t i;

	if (task == POOL_NO_TASK)
		return;
	for (i = 0; i < calls->count && !ran; i++) {
		run = calls->calls[i];
		ran = run.kind == POOL_RUN && run.object == task;
	}
	for (i = 0; i < calls->count; i++)
		if (calls->calls[i].object == task ||
		    calls->calls[i].kind == POOL_SHUTDOWN ||
		    encloses(&calls->calls[i], ran ? &run : NULL))
			calls->calls[kept++] = calls->calls[i];
	calls->count = kept;
}
