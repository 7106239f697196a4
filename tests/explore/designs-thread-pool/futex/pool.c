/*
 * pool.c - a pool of threads that run tasks: on futexes
 *
 * The lock is the third mutex of Drepper's "Futexes are tricky" (2011): 0 free,
 * 1 taken, 2 taken and somebody may sleep on it. Who has slept on it takes it
 * as 2, for others that may still do so.
 *
 * A reason to wait is a counter of changes. Who has to wait reads it under the
 * lock, gives the lock up, and sleeps if it is still the same: a change in
 * between is a different number, so none is missed. The deadline of
 * FUTEX_WAIT_BITSET is absolute and monotonic, see futex(2).
 *
 * Everything else is one lock for a pool and its futures. What a task has to be
 * undone for when its thread ends in it hangs on thread-specific data.
 */
#define _GNU_SOURCE /* syscall */
#include "pool.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { FREE, TAKEN, CONTENDED };

struct reason {
	_Atomic uint32_t changes;
	unsigned waiting; /* under the lock */
};

enum state { QUEUED, RUNNING, FINISHED, CANCELLED };

struct future {
	pool_t *pool;
	void *(*fn)(void *);
	void *arg;
	void *result;
	enum state state;
	bool told;     /* to stop */
	unsigned refs; /* the pool's until it is over, and the candidate's */
	struct reason finished;
	struct future *previous; /* in the queue */
	struct future *next;
	struct future *outer; /* the task that this one was begun inside of */
};

struct pool {
	_Atomic uint32_t lock;
	struct reason work;
	struct reason room;
	struct reason quiet;
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

static pthread_key_t innermost_key;
static pthread_key_t thread_key; /* the pool that it is a thread of */
static pthread_once_t keys_once = PTHREAD_ONCE_INIT;

static bool inside(const pool_t *pool)
{
	const struct future *task = pthread_getspecific(innermost_key);

	while (task && task->pool != pool)
		task = task->outer;
	return task != NULL;
}

/* ---- futexes ---- */

static int futex_wait(_Atomic uint32_t *word, uint32_t seen,
		      const struct timespec *deadline)
{
	long r = syscall(SYS_futex, word,
			 FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, seen, deadline,
			 NULL, FUTEX_BITSET_MATCH_ANY);

	return r != 0 && errno == ETIMEDOUT ? ETIMEDOUT : 0;
}

static void futex_wake(_Atomic uint32_t *word, int count)
{
	syscall(SYS_futex, word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, count, NULL,
		NULL, 0);
}

static void lock(pool_t *pool)
{
	uint32_t seen = FREE;

	if (atomic_compare_exchange_strong(&pool->lock, &seen, TAKEN))
		return;
	while (atomic_exchange(&pool->lock, CONTENDED) != FREE)
		futex_wait(&pool->lock, CONTENDED, NULL);
}

static void give_up(pool_t *pool)
{
	if (atomic_exchange(&pool->lock, FREE) == CONTENDED)
		futex_wake(&pool->lock, 1);
}

/* With the lock held, as all that is about reasons. */
static void tell(struct reason *reason, int count)
{
	if (reason->waiting == 0)
		return;
	atomic_fetch_add(&reason->changes, 1);
	futex_wake(&reason->changes, count);
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
static int wait_once(pool_t *pool, struct reason *reason, int timeout_ms,
		     const struct timespec *deadline)
{
	uint32_t seen = atomic_load(&reason->changes);
	int r;

	if (timeout_ms == 0)
		return ETIMEDOUT;
	reason->waiting++;
	give_up(pool);
	r = futex_wait(&reason->changes, seen,
		       timeout_ms > 0 ? deadline : NULL);
	lock(pool);
	reason->waiting--;
	return r;
}

/* ---- what is shared, and given back by the last to go ---- */

static void unlock(pool_t *pool)
{
	bool last = pool->refs == 0;

	give_up(pool);
	if (last)
		free(pool);
}

static void unref(struct future *task)
{
	if (--task->refs > 0)
		return;
	task->pool->refs--;
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
	tell(&pool->room, 1);
}

/* ---- a task's way ---- */

static void tell_if_quiet(pool_t *pool)
{
	if (pool->shut && pool->queued == 0 && pool->running == 0)
		tell(&pool->quiet, INT_MAX);
}

static void settle(struct future *task, enum state state, void *result)
{
	task->result = result;
	task->state = state;
	tell(&task->finished, INT_MAX);
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

	pthread_setspecific(innermost_key, task->outer);
	pool->running--;
	settle(task, FINISHED, result);
	tell_if_quiet(pool);
}

/* Run @task, which is in no queue. With the lock, which is free meanwhile. */
static void run(struct future *task)
{
	pool_t *pool = task->pool;
	void *result;

	task->state = RUNNING;
	task->outer = pthread_getspecific(innermost_key);
	pthread_setspecific(innermost_key, task);
	pool->running++;
	give_up(pool);
	result = task->fn(task->arg);
	lock(pool);
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
	tell(&pool->quiet, INT_MAX);
	unlock(pool);
	if (join)
		pthread_join(before, NULL);
}

/*
 * Destructors, when pthread_exit() came in between: the tasks first, whichever
 * is called first. Destructors are called again for what they have left.
 */
static void tasks_abandoned(void *data)
{
	struct future *task = data;
	struct future *outer;
	pool_t *pool;

	for (; task; task = outer) {
		pool = task->pool;
		outer = task->outer;
		lock(pool);
		finish(task, NULL);
		unlock(pool);
	}
}

static void thread_abandoned(void *data)
{
	pool_t *pool = data;

	if (pthread_getspecific(innermost_key)) {
		pthread_setspecific(thread_key, pool);
		return;
	}
	lock(pool);
	leave(pool);
}

static void make_keys(void)
{
	pthread_key_create(&innermost_key, tasks_abandoned);
	pthread_key_create(&thread_key, thread_abandoned);
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

	pthread_setspecific(thread_key, pool);
	lock(pool);
	while (wait_for_work(pool)) {
		task = pool->first;
		take_out(pool, task);
		pool->spare--;
		run(task);
		pool->spare++;
	}
	pthread_setspecific(thread_key, NULL);
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
	pthread_once(&keys_once, make_keys);
	pool = calloc(1, sizeof *pool);
	if (!pool)
		return NULL;
	pool->refs = 1;
	pool->min = min;
	pool->max = max;
	pool->capacity = queue_capacity;
	pool->policy = policy;
	lock(pool);
	while (pool->threads < min && r == 0)
		r = add_thread(pool);
	give_up(pool);
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
		(void)wait_once(pool, &pool->room, -1, NULL);
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
	tell(&pool->work, 1);
	return 0;
}

int pool_submit(pool_t *pool, void *(*fn)(void *), void *arg, future_t **ret)
{
	struct future *task = new_task(fn, arg, ret != NULL);
	bool run_here = false;
	int r;

	if (!task)
		return ENOMEM;
	lock(pool);
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
	lock(pool);
	pool->shut = true;
	tell(&pool->work, INT_MAX);
	tell(&pool->room, INT_MAX);
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
	lock(pool);
	while (pool->threads > 0)
		(void)wait_once(pool, &pool->quiet, -1, NULL);
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
	lock(pool);
	if (future->state == QUEUED && timeout_ms != 0 && inside(pool)) {
		take_out(pool, future);
		run(future);
	}
	while (future->state < FINISHED && r == 0)
		r = wait_once(pool, &future->finished, timeout_ms, &deadline);
	if (future->state == CANCELLED) {
		r = ECANCELED;
	} else if (future->state == FINISHED) {
		if (ret)
			*ret = future->result;
		r = 0;
	}
	give_up(pool);
	return r;
}

int future_cancel(future_t *future)
{
	pool_t *pool = future->pool;
	int r = EALREADY;

	lock(pool);
	if (future->state == QUEUED) {
		cancel(future);
		tell_if_quiet(pool);
		r = 0;
	} else if (future->state == RUNNING) {
		future->told = true;
		r = EBUSY;
	}
	give_up(pool);
	return r;
}

void future_free(future_t *future)
{
	pool_t *pool;

	if (!future)
		return;
	pool = future->pool;
	lock(pool);
	unref(future);
	unlock(pool);
}

int task_cancelled(void)
{
	struct future *task;
	bool told = false;

	pthread_once(&keys_once, make_keys);
	task = pthread_getspecific(innermost_key);
	if (!task)
		return 0;
	lock(task->pool);
	told = task->told || task->pool->told;
	give_up(task->pool);
	return told;
}
