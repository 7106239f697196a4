/*
 * pool.c - a pool of threads that run tasks: a lock for each future
 *
 * The pool's lock is for the queue, the threads and the numbers; a future's for
 * its state and result, and whoever only waits for it never touches the pool's.
 * A task leaves the queue under both, pool first, so either is enough to see
 * that it is still there; the state is atomic for the sake of those who see that
 * it is not. References are atomic, so nothing is locked to free a
 * future, and flags that tell a task to stop are, so nothing is to ask for them.
 *
 * A task is over for its future first, and for the pool then: who was told by
 * pool_shutdown() that all is over finds no future that is not.
 */
#define _GNU_SOURCE /* pthread_cond_clockwait */
#include "pool.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

enum state { QUEUED, RUNNING, FINISHED, CANCELLED };

struct future {
	pool_t *pool;
	void *(*fn)(void *);
	void *arg;
	void *result;
	_Atomic enum state state;
	atomic_bool told; /* to stop */
	atomic_uint refs; /* the pool's until it is over, and the candidate's */
	pthread_mutex_t lock; /* state, result */
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
	atomic_size_t refs;
	struct future *first; /* in the queue */
	struct future *last;
	size_t queued;
	size_t running;
	size_t spare;
	int threads;
	bool shut;        /* accepts nothing */
	atomic_bool told; /* all that runs is to stop */
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
static int wait_once(pthread_mutex_t *lock, pthread_cond_t *condition,
		     int timeout_ms, const struct timespec *deadline)
{
	if (timeout_ms == 0)
		return ETIMEDOUT;
	if (timeout_ms < 0)
		return pthread_cond_wait(condition, lock);
	return pthread_cond_clockwait(condition, lock, CLOCK_MONOTONIC,
				      deadline);
}

/* ---- what is shared, and given back by the last to go ---- */

static void pool_unref(pool_t *pool)
{
	if (atomic_fetch_sub(&pool->refs, 1) > 1)
		return;
	pthread_cond_destroy(&pool->quiet);
	pthread_cond_destroy(&pool->room);
	pthread_cond_destroy(&pool->work);
	pthread_mutex_destroy(&pool->lock);
	free(pool);
}

static void unref(struct future *task)
{
	pool_t *pool = task->pool;

	if (atomic_fetch_sub(&task->refs, 1) > 1)
		return;
	pthread_cond_destroy(&task->finished);
	pthread_mutex_destroy(&task->lock);
	free(task);
	pool_unref(pool);
}

static struct future *new_task(pool_t *pool, void *(*fn)(void *), void *arg,
			       bool with_future)
{
	struct future *task = calloc(1, sizeof *task);

	if (!task)
		return NULL;
	task->pool = pool;
	atomic_fetch_add(&pool->refs, 1);
	task->fn = fn;
	task->arg = arg;
	task->refs = with_future ? 2 : 1;
	pthread_mutex_init(&task->lock, NULL);
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
	pthread_mutex_lock(&task->lock);
	task->result = result;
	task->state = state;
	pthread_cond_broadcast(&task->finished);
	pthread_mutex_unlock(&task->lock);
}

/* With the pool's lock, as all that is about a queue. */
static void begin(struct future *task)
{
	take_out(task->pool, task);
	pthread_mutex_lock(&task->lock);
	task->state = RUNNING;
	pthread_mutex_unlock(&task->lock);
	task->pool->running++;
}

static void cancel(struct future *task)
{
	take_out(task->pool, task);
	settle(task, CANCELLED, NULL);
}

/* Without any lock. */
static void finish(struct future *task, void *result)
{
	pool_t *pool = task->pool;

	innermost = task->outer;
	settle(task, FINISHED, result);
	pthread_mutex_lock(&pool->lock);
	pool->running--;
	tell_if_quiet(pool);
	pthread_mutex_unlock(&pool->lock);
	unref(task);
}

/* Its function did not return: pthread_exit() came in between. */
static void abandoned(void *data)
{
	finish(data, NULL);
}

/* Run @task, which has begun. Without any lock. */
static void run(struct future *task)
{
	void *result;

	task->outer = innermost;
	innermost = task;
	pthread_cleanup_push(abandoned, task);
	result = task->fn(task->arg);
	pthread_cleanup_pop(0);
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
	pthread_mutex_unlock(&pool->lock);
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
		r = wait_once(&pool->lock, &pool->work,
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
		begin(task);
		pool->spare--;
		pthread_mutex_unlock(&pool->lock);
		run(task);
		pthread_mutex_lock(&pool->lock);
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
	struct future *task = new_task(pool, fn, arg, ret != NULL);
	bool run_here = false;
	int r;

	if (!task)
		return ENOMEM;
	pthread_mutex_lock(&pool->lock);
	r = admit(pool, &run_here);
	if (r == 0 && run_here) {
		task->state = RUNNING;
		pool->running++;
	} else if (r == 0) {
		r = hand_over(pool, task);
	}
	if (r == 0 && ret)
		*ret = task;
	pthread_mutex_unlock(&pool->lock);
	if (r != 0) {
		atomic_store(&task->refs, 1);
		unref(task);
	} else if (run_here) {
		run(task);
	}
	return r;
}

/* Nothing begins any more. Returns how many that keeps from running. */
static int cancel_all(pool_t *pool)
{
	int count = 0;

	pool->told = true;
	for (; pool->first; count++) {
		struct future *task = pool->first;

		cancel(task);
		unref(task);
	}
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
			r = wait_once(&pool->lock, &pool->quiet, timeout_ms,
				      &deadline);
		if (pool->queued > 0 || pool->running > 0)
			count += cancel_all(pool);
	}
	pthread_mutex_unlock(&pool->lock);
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
	pthread_mutex_unlock(&pool->lock);
	if (join)
		pthread_join(ended, NULL);
	pool_unref(pool);
}

/* ---- futures ---- */

/* Run it here if it is still queued. */
static void help(struct future *task)
{
	pool_t *pool = task->pool;
	bool queued;

	pthread_mutex_lock(&pool->lock);
	queued = task->state == QUEUED;
	if (queued)
		begin(task);
	pthread_mutex_unlock(&pool->lock);
	if (queued)
		run(task);
}

int future_wait(future_t *future, int timeout_ms, void **ret)
{
	struct timespec deadline = { 0 };
	int r = 0;

	if (timeout_ms > 0)
		deadline = deadline_after(timeout_ms);
	if (timeout_ms != 0 && inside(future->pool))
		help(future);
	pthread_mutex_lock(&future->lock);
	while (future->state < FINISHED && r == 0)
		r = wait_once(&future->lock, &future->finished, timeout_ms,
			      &deadline);
	if (future->state == CANCELLED) {
		r = ECANCELED;
	} else if (future->state == FINISHED) {
		if (ret)
			*ret = future->result;
		r = 0;
	}
	pthread_mutex_unlock(&future->lock);
	return r;
}

int future_cancel(future_t *future)
{
	pool_t *pool = future->pool;
	int r = EALREADY;

	pthread_mutex_lock(&pool->lock);
	if (future->state == QUEUED) {
		cancel(future);
		unref(future);
		tell_if_quiet(pool);
		r = 0;
	}
	pthread_mutex_unlock(&pool->lock);
	if (r == 0)
		return r;
	pthread_mutex_lock(&future->lock);
	if (future->state == RUNNING) {
		future->told = true;
		r = EBUSY;
	}
	pthread_mutex_unlock(&future->lock);
	return r;
}

void future_free(future_t *future)
{
	if (future)
		unref(future);
}

int task_cancelled(void)
{
	const struct future *task = innermost;

	return task && (task->told || task->pool->told);
}
