/*
 * pool.c - a pool of threads that run tasks: the reference solution
 *
 * A task and its future are one object. One lock guards all of a pool and its
 * futures; there are four reasons to wait, each with a condition of its own, so
 * that a signal always reaches somebody who can use it:
 *
 *   work      threads of the pool: something is queued, or it is shut down
 *   room      submits: a place in the queue is free, or it is shut down
 *   quiet     who shuts down: nothing is queued or running, no thread is left
 *   finished  one for each future
 *
 * The invariant that makes tasks run: queued <= spare or threads == max, where
 * spare counts the threads that are not in a task, from before they exist. So
 * every queued task has a thread of its own coming, or all are busy.
 *
 * The pool's memory is shared by its owner and all tasks, and the last to go
 * gives it back; so the lock is there for as long as a future is.
 *
 * Each thread that ends joins the one that ended before it. The pool has to
 * remember the last of them only, and pool_free() joins that.
 */
#define _GNU_SOURCE /* pthread_cond_clockwait */
#include "pool.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

enum state { QUEUED, RUNNING, FINISHED, CANCELLED };

struct future {
	pool_t *pool;
	void *(*fn)(void *);
	void *arg;
	void *result;
	enum state state;
	bool told;     /* to stop */
	unsigned refs; /* the pool's until it is over, and the candidate's */
	unsigned waiters;
	pthread_cond_t finished;
	struct future *previous; /* in the queue */
	struct future *next;
	struct future *outer; /* the task that this one was begun inside of */
};

struct pool {
	pthread_mutex_t lock;
	pthread_cond_t work;
	pthread_cond_t room;
	pthread_cond_t quiet;
	enum pool_policy policy;
	size_t capacity;
	int min;
	int max;
	size_t refs;
	struct future *first; /* in the queue */
	struct future *last;
	size_t queued;
	size_t running;
	size_t spare;
	int threads;
	bool shut;     /* accepts nothing */
	bool told;     /* all that runs is to stop */
	bool joinable; /* some thread has ended, and nobody joined the last */
	pthread_t ended;
};

static _Thread_local struct future *innermost;

static bool inside(const pool_t *pool)
{
	const struct future *task = innermost;

	while (task && task->pool != pool)
		task = task->outer;
	return task != NULL;
}

/* ---- time ---- */

static struct timespec deadline_after(int ms)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_sec += ms / 1000;
	at.tv_nsec += ms % 1000 * 1000000L;
	if (at.tv_nsec >= 1000000000L) {
		at.tv_sec++;
		at.tv_nsec -= 1000000000L;
	}
	return at;
}

/* Wait once; 0, or ETIMEDOUT. @deadline counts only if @timeout_ms > 0. */
static int wait_once(pool_t *pool, pthread_cond_t *condition, int timeout_ms,
		     const struct timespec *deadline)
{
	if (timeout_ms == 0)
		return ETIMEDOUT;
	if (timeout_ms < 0)
		return pthread_cond_wait(condition, &pool->lock);
	return pthread_cond_clockwait(condition, &pool->lock, CLOCK_MONOTONIC,
				      deadline);
}

/* ---- what is shared, and given back by the last to go ---- */

static void unlock(pool_t *pool)
{
	bool last = pool->refs == 0;

	pthread_mutex_unlock(&pool->lock);
	if (!last)
		return;
	pthread_cond_destroy(&pool->quiet);
	pthread_cond_destroy(&pool->room);
	pthread_cond_destroy(&pool->work);
	pthread_mutex_destroy(&pool->lock);
	free(pool);
}

static void unref(struct future *task)
{
	if (--task->refs > 0)
		return;
	task->pool->refs--;
	pthread_cond_destroy(&task->finished);
	free(task);
}

static struct future *new_task(void *(*fn)(void *), void *arg, bool with_future)
{
	struct future *task = calloc(1, sizeof *task);

	if (!task)
		return NULL;
	task->fn = fn;
	task->arg = arg;
	task->refs = with_future ? 2 : 1;
	pthread_cond_init(&task->finished, NULL);
	return task;
}

/* ---- the queue ---- */

static void append(pool_t *pool, struct future *task)
{
	task->state = QUEUED;
	task->next = NULL;
	task->previous = pool->last;
	if (pool->last)
		pool->last->next = task;
	else
		pool->first = task;
	pool->last = task;
	pool->queued++;
}

static void take_out(pool_t *pool, struct future *task)
{
	if (task->previous)
		task->previous->next = task->next;
	else
		pool->first = task->next;
	if (task->next)
		task->next->previous = task->previous;
	else
		pool->last = task->previous;
	pool->queued--;
	pthread_cond_signal(&pool->room);
}

/* ---- a task's way ---- */

static void tell_if_quiet(pool_t *pool)
{
	if (pool->shut && pool->queued == 0 && pool->running == 0)
		pthread_cond_broadcast(&pool->quiet);
}

static void settle(struct future *task, enum state state, void *result)
{
	task->result = result;
	task->state = state;
	if (task->waiters > 0)
		pthread_cond_broadcast(&task->finished);
	unref(task);
}

static void cancel(struct future *task)
{
	take_out(task->pool, task);
	settle(task, CANCELLED, NULL);
}

/* With the lock held. */
static void finish(struct future *task, void *result)
{
	pool_t *pool = task->pool;

	innermost = task->outer;
	pool->running--;
	settle(task, FINISHED, result);
	tell_if_quiet(pool);
}

/* Its function did not return: pthread_exit() came in between. */
static void abandoned(void *data)
{
	struct future *task = data;
	pool_t *pool = task->pool;

	pthread_mutex_lock(&pool->lock);
	finish(task, NULL);
	unlock(pool);
}

/* Run @task, which is in no queue. With the lock, which is free meanwhile. */
static void run(struct future *task)
{
	pool_t *pool = task->pool;
	void *result;

	task->state = RUNNING;
	task->outer = innermost;
	innermost = task;
	pool->running++;
	pthread_mutex_unlock(&pool->lock);
	pthread_cleanup_push(abandoned, task);
	result = task->fn(task->arg);
	pthread_cleanup_pop(0);
	pthread_mutex_lock(&pool->lock);
	finish(task, result);
}

/* ---- threads ---- */

static int add_thread(pool_t *pool);

/*
 * The last that a thread of the pool does. With the lock, which it gives up.
 * Another one takes its place if it was needed; should the system have none to
 * give, the next submit tries again.
 */
static void leave(pool_t *pool)
{
	bool join = pool->joinable;
	pthread_t before = pool->ended;

	pool->ended = pthread_self();
	pool->joinable = true;
	pool->threads--;
	if (pool->queued > pool->spare ||
	    (!pool->shut && pool->threads < pool->min))
		(void)add_thread(pool);
	pthread_cond_broadcast(&pool->quiet);
	unlock(pool);
	if (join)
		pthread_join(before, NULL);
}

/* pthread_exit() came in between. */
static void thread_abandoned(void *data)
{
	pool_t *pool = data;

	pthread_mutex_lock(&pool->lock);
	leave(pool);
}

/* Until something is queued. false: there is nothing to stay for. */
static bool wait_for_work(pool_t *pool)
{
	struct timespec deadline = { 0 };
	int r = 0;

	if (!pool->first)
		deadline = deadline_after(POOL_IDLE_MS);
	while (!pool->first && !pool->shut) {
		if (r == ETIMEDOUT && pool->threads > pool->min)
			return false;
		r = wait_once(pool, &pool->work,
			      pool->threads > pool->min ? POOL_IDLE_MS : -1,
			      &deadline);
	}
	return pool->first != NULL;
}

static void *work(void *data)
{
	pool_t *pool = data;
	struct future *task;

	pthread_mutex_lock(&pool->lock);
	pthread_cleanup_push(thread_abandoned, pool);
	while (wait_for_work(pool)) {
		task = pool->first;
		take_out(pool, task);
		pool->spare--;
		run(task);
		pool->spare++;
	}
	pthread_cleanup_pop(0);
	pool->spare--;
	leave(pool);
	return NULL;
}

static int add_thread(pool_t *pool)
{
	pthread_t thread;
	int r;

	r = pthread_create(&thread, NULL, work, pool);
	if (r != 0)
		return r;
	pool->threads++;
	pool->spare++;
	return 0;
}

/* ---- the pool ---- */

pool_t *pool_new(int min, int max, size_t queue_capacity,
		 enum pool_policy policy)
{
	pool_t *pool;
	int r = 0;

	if (min < 0 || max < 1 || min > max || queue_capacity < 1 ||
	    (unsigned)policy > POOL_CALLER_RUNS)
		return NULL;
	pool = calloc(1, sizeof *pool);
	if (!pool)
		return NULL;
	pool->refs = 1;
	pool->min = min;
	pool->max = max;
	pool->capacity = queue_capacity;
	pool->policy = policy;
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->work, NULL);
	pthread_cond_init(&pool->room, NULL);
	pthread_cond_init(&pool->quiet, NULL);
	pthread_mutex_lock(&pool->lock);
	while (pool->threads < min && r == 0)
		r = add_thread(pool);
	pthread_mutex_unlock(&pool->lock);
	if (r != 0) {
		pool_free(pool);
		return NULL;
	}
	return pool;
}

/* 0: append it; or why not. *ret_run: the caller runs it. */
static int admit(pool_t *pool, bool *ret_run)
{
	bool blocks = pool->policy == POOL_BLOCK && !inside(pool);

	while (blocks && !pool->shut && pool->queued == pool->capacity)
		pthread_cond_wait(&pool->room, &pool->lock);
	if (pool->shut)
		return ESHUTDOWN;
	*ret_run = pool->queued == pool->capacity;
	if (*ret_run && pool->policy == POOL_REJECT)
		return EAGAIN;
	return 0;
}

/* Have a thread run it. */
static int hand_over(pool_t *pool, struct future *task)
{
	append(pool, task);
	if (pool->queued > pool->spare && pool->threads < pool->max &&
	    add_thread(pool) != 0 && pool->threads == 0) {
		take_out(pool, task);
		return ENOMEM;
	}
	pthread_cond_signal(&pool->work);
	return 0;
}

int pool_submit(pool_t *pool, void *(*fn)(void *), void *arg, future_t **ret)
{
	struct future *task = new_task(fn, arg, ret != NULL);
	bool run_here = false;
	int r;

	if (!task)
		return ENOMEM;
	pthread_mutex_lock(&pool->lock);
	task->pool = pool;
	pool->refs++;
	r = admit(pool, &run_here);
	if (r == 0 && !run_here)
		r = hand_over(pool, task);
	if (r != 0) {
		task->refs = 1;
		unref(task);
	} else {
		if (ret)
			*ret = task;
		if (run_here)
			run(task);
	}
	unlock(pool);
	return r;
}

/* Nothing begins any more. Returns how many that keeps from running. */
static int cancel_all(pool_t *pool)
{
	int count = 0;

	pool->told = true;
	for (; pool->first; count++)
		cancel(pool->first);
	tell_if_quiet(pool);
	return count;
}

int pool_shutdown(pool_t *pool, int drain, int timeout_ms)
{
	struct timespec deadline = { 0 };
	int count = 0;
	int r = 0;

	if (timeout_ms > 0)
		deadline = deadline_after(timeout_ms);
	pthread_mutex_lock(&pool->lock);
	pool->shut = true;
	pthread_cond_broadcast(&pool->work);
	pthread_cond_broadcast(&pool->room);
	if (!drain)
		count = cancel_all(pool);
	if (!inside(pool)) {
		while ((pool->queued > 0 || pool->running > 0) && r == 0)
			r = wait_once(pool, &pool->quiet, timeout_ms,
				      &deadline);
		if (pool->queued > 0 || pool->running > 0)
			count += cancel_all(pool);
	}
	unlock(pool);
	return count;
}

void pool_free(pool_t *pool)
{
	pthread_t ended;
	bool join;

	if (!pool)
		return;
	(void)pool_shutdown(pool, 0, -1);
	pthread_mutex_lock(&pool->lock);
	while (pool->threads > 0)
		pthread_cond_wait(&pool->quiet, &pool->lock);
	ended = pool->ended;
	join = pool->joinable;
	pool->refs--;
	unlock(pool);
	if (join)
		pthread_join(ended, NULL);
}

/* ---- futures ---- */

int future_wait(future_t *future, int timeout_ms, void **ret)
{
	pool_t *pool = future->pool;
	struct timespec deadline = { 0 };
	int r = 0;

	if (timeout_ms > 0)
		deadline = deadline_after(timeout_ms);
	pthread_mutex_lock(&pool->lock);
	if (future->state == QUEUED && timeout_ms != 0 && inside(pool)) {
		take_out(pool, future);
		run(future);
	}
	future->waiters++;
	while (future->state < FINISHED && r == 0)
		r = wait_once(pool, &future->finished, timeout_ms, &deadline);
	future->waiters--;
	if (future->state == CANCELLED) {
		r = ECANCELED;
	} else if (future->state == FINISHED) {
		if (ret)
			*ret = future->result;
		r = 0;
	}
	pthread_mutex_unlock(&pool->lock);
	return r;
}

int future_cancel(future_t *future)
{
	pool_t *pool = future->pool;
	int r = EALREADY;

	pthread_mutex_lock(&pool->lock);
	if (future->state == QUEUED) {
		cancel(future);
		tell_if_quiet(pool);
		r = 0;
	} else if (future->state == RUNNING) {
		future->told = true;
		r = EBUSY;
	}
	pthread_mutex_unlock(&pool->lock);
	return r;
}

void future_free(future_t *future)
{
	pool_t *pool;

	if (!future)
		return;
	pool = future->pool;
	pthread_mutex_lock(&pool->lock);
	unref(future);
	unlock(pool);
}

int task_cancelled(void)
{
	struct future *task = innermost;
	bool told = false;

	if (!task)
		return 0;
	pthread_mutex_lock(&task->pool->lock);
	told = task->told || task->pool->told;
	pthread_mutex_unlock(&task->pool->lock);
	return told;
}
