/*
 * pool.h - a pool of threads that run tasks, and futures of what comes of them
 *
 * This file belongs to the exercise: it is put back before anything is built.
 * Your work is pool.c. README.md is the task.
 *
 * A task is a function and its argument. A pool accepts it (pool_submit),
 * begins it once at most, and it is finished when the function has returned.
 * "From inside a task" is said of a thread while it is in such a function,
 * whoever's thread it is.
 *
 * Every function may be called from any number of threads at the same time,
 * and from inside tasks, unless it says otherwise. A call that begins after
 * another one has returned knows what that one did.
 *
 * timeout_ms: how long a call may sleep, in milliseconds.
 *	< 0	as long as it takes
 *	  0	not at all
 *	> 0	until so much time has passed, whatever happens to the wall
 *		clock meanwhile
 */
#ifndef POOL_H
#define POOL_H

#include <stddef.h>

#define POOL_IDLE_MS 100 /* see pool_new() */

typedef struct pool pool_t;
typedef struct future future_t;

/* What becomes of a submit that finds the queue full. */
enum pool_policy {
	POOL_BLOCK,       /* it waits for room */
	POOL_REJECT,      /* it fails with EAGAIN */
	POOL_CALLER_RUNS, /* it runs the task itself before it returns */
};

/* ---- the pool ---- */

/**
 * A pool with @min threads, all there when this returns, and never more than
 * @max (but for such as are just ending). At most @queue_capacity tasks are queued, that is accepted and not yet
 * begun. 0 <= min <= max, max >= 1, queue_capacity >= 1.
 * NULL: one of these does not hold, or there is no memory or no thread.
 *
 * Threads come when they are needed: while fewer than @max tasks are running on
 * threads of the pool, none is left queued. They go when they are not: one that
 * has had nothing to do for POOL_IDLE_MS ends, unless that would leave
 * fewer than @min. Idle threads sleep.
 *
 * Tasks begin in the order in which they were accepted, but for those that a
 * wait runs itself; see future_wait().
 */
pool_t *pool_new(int min, int max, size_t queue_capacity,
		 enum pool_policy policy);

/**
 * Have fn(arg) run once. Returns
 *	0		accepted. Unless @ret is NULL, *ret is its future, to be
 *			given to future_free(). With @ret NULL nobody can wait
 *			for the task or cancel it.
 *	EAGAIN		the queue is full, and the policy is POOL_REJECT
 *	ESHUTDOWN	the pool is shut down: now, or while the call waited
 *	ENOMEM		no memory, or no thread and none to be had
 * It only ever runs if 0 is returned, and *ret is left as it was unless it is.
 *
 * A submit from inside a task of the same pool never waits for room, which only
 * that task might make: where POOL_BLOCK would, it does as POOL_CALLER_RUNS.
 *
 * What a caller runs counts as running until it has returned, on top of @max.
 */
int pool_submit(pool_t *pool, void *(*fn)(void *), void *arg, future_t **ret);

/**
 * Accept nothing any more. With @drain, tasks that are queued still run;
 * without, they never will: they are cancelled, and running ones are told so
 * (task_cancelled()). Then wait until nothing is queued or running, for
 * @timeout_ms; when that is over, do what is done without @drain, and return
 * without waiting any longer.
 *
 * From inside a task of the same pool it waits for nothing, whatever
 * @timeout_ms says, and nothing is over: with @drain, what is queued runs after
 * it has returned.
 *
 * Returns how many tasks this call has cancelled. May be called again, and by
 * several threads at once: each does what it is asked to do, so one without
 * @drain cancels what another one is still draining.
 *
 * Once nothing is queued or running any more, the threads end, @min or not.
 */
int pool_shutdown(pool_t *pool, int drain, int timeout_ms);

/**
 * pool_shutdown(pool, 0, -1), wait until the pool's threads have ended, and
 * give everything back. Not from inside a task of the pool, and nobody else is
 * using it any more. Its futures stay good, and may be in use meanwhile. NULL
 * is nothing to do.
 */
void pool_free(pool_t *pool);

/* ---- the future of a task ---- */

/**
 * Wait until the task is finished or cancelled. Any number of times. Returns
 *	0		finished; *ret, unless @ret is NULL, is what it returned
 *	ECANCELED	it never ran, and never will
 *	ETIMEDOUT	not yet, and timeout_ms is over
 * *ret is left as it was unless 0 is returned.
 *
 * From inside a task of the same pool, and unless timeout_ms is 0, a wait for
 * a task that is still queued takes that task out of the queue and runs it,
 * that one and no other; then it returns 0, however long that took. So tasks
 * may wait for each other in any way that is not a circle, with a single
 * thread, and all come to their end. Any other wait runs nothing.
 */
int future_wait(future_t *future, int timeout_ms, void **ret);

/**
 * Keep the task from running. Returns
 *	0		it had not begun and never will; its place in the queue
 *			is free at once
 *	EBUSY		it is running, and is told (task_cancelled()); what it
 *			returns counts all the same
 *	EALREADY	it is finished, or was cancelled before, by whomever
 */
int future_cancel(future_t *future);

/**
 * The future is not used any more; the task goes on as it would have. Once for
 * each future, at any time: before the task begins, while it runs (from inside
 * it, too), or when the pool is long gone. NULL is nothing to do.
 */
void future_free(future_t *future);

/* ---- from inside a task ---- */

/**
 * 1 if the task that the calling thread is in (the innermost one) has been
 * told to stop by future_cancel() or pool_shutdown(); else, and outside of
 * tasks, 0.
 */
int task_cancelled(void);

/*
 * A task may end its thread with pthread_exit(). All tasks that the thread was
 * in are then finished, with NULL as what they returned, and if the thread was
 * the pool's, the pool goes on as if it had ended for nothing to do, replacing
 * it where that is needed.
 */

#endif
