/*
 * task.c - see task.h
 *
 * What threads have to know of each other - that a task was submitted, that it
 * has begun, that a gate is open - they wait for under a lock and a condition of
 * each task's, or gate's, own: so that nothing here orders what the submission
 * has left without order.
 */
#include "task.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>

#include "log.h"

/* A moment that threads wait for. */
struct latch {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned count;
};

struct task {
	uint32_t pool;
	uint32_t number;
	uint32_t kind;
	uint32_t gate;
	future_t *future;   /* after "known" */
	struct latch known; /* its submit has returned */
	struct latch begun;
};

static struct {
	pool_t *pool;
	struct task tasks[PROTOCOL_TASKS];
	struct latch together;
} pools[PROTOCOL_POOLS];

static struct latch gates[PROTOCOL_GATES];

/* ---- latches: all zero is one that nothing has come to ---- */

static void latch_add(struct latch *latch)
{
	(void)pthread_mutex_lock(&latch->lock);
	latch->count++;
	(void)pthread_cond_broadcast(&latch->changed);
	(void)pthread_mutex_unlock(&latch->lock);
}

static void latch_pass(struct latch *latch, unsigned count)
{
	(void)pthread_mutex_lock(&latch->lock);
	while (latch->count < count)
		(void)pthread_cond_wait(&latch->changed, &latch->lock);
	(void)pthread_mutex_unlock(&latch->lock);
}

void gate_open(uint32_t number)
{
	latch_add(&gates[number % PROTOCOL_GATES]);
}

static void gate_pass(uint32_t number)
{
	latch_pass(&gates[number % PROTOCOL_GATES], 1);
}

/* ---- pools and tasks ---- */

bool task_begin_pool(uint32_t number, pool_t *pool)
{
	uint32_t i;

	pools[number].pool = pool;
	for (i = 0; i < PROTOCOL_TASKS; i++) {
		pools[number].tasks[i].pool = number;
		pools[number].tasks[i].number = i;
	}
	for (i = 0; i < PROTOCOL_GATES; i++)
		gates[i].count = 0;
	return pool != NULL;
}

pool_t *task_pool(uint32_t pool)
{
	return pools[pool].pool;
}

struct task *task_at(uint32_t pool, uint32_t number)
{
	return &pools[pool].tasks[number % PROTOCOL_TASKS];
}

static struct task *other(const struct task *task, int distance)
{
	return &pools[task->pool].tasks[task->number + (uint32_t)distance];
}

static uint32_t object_of(const struct task *task)
{
	return PROTOCOL_OBJECT(task->pool, task->number);
}

/* ---- calls ---- */

static void *run(void *data);

int task_submit(struct task *task, uint32_t kind, uint32_t gate, bool keep)
{
	uint64_t value = kind == TASK_EXIT ? 0 : PROTOCOL_VALUE + task->number;
	int r;

	task->kind = kind;
	task->gate = gate;
	log_open(POOL_SUBMIT, object_of(task), value,
		 keep ? POOL_KEPT : POOL_DROPPED);
	r = pool_submit(pools[task->pool].pool, run, task,
			keep ? &task->future : NULL);
	log_close(POOL_SUBMIT, object_of(task), r, 0);
	latch_add(&task->known);
	return r;
}

int task_wait(struct task *task, int timeout_ms, uint64_t *ret_value)
{
	void *value = (void *)(uintptr_t)POOL_UNTOUCHED;
	int r;

	latch_pass(&task->known, 1);
	if (!task->future)
		return ENOENT;
	log_open(POOL_WAIT, object_of(task), 0, timeout_ms);
	r = future_wait(task->future, timeout_ms, &value);
	log_close(POOL_WAIT, object_of(task), r, (uintptr_t)value);
	*ret_value = (uintptr_t)value;
	return r;
}

int task_cancel(struct task *task)
{
	int r;

	latch_pass(&task->known, 1);
	if (!task->future)
		return ENOENT;
	log_open(POOL_CANCEL, object_of(task), 0, 0);
	r = future_cancel(task->future);
	log_close(POOL_CANCEL, object_of(task), r, 0);
	return r;
}

void task_forget(struct task *task)
{
	latch_pass(&task->known, 1);
	future_free(task->future);
	task->future = NULL;
}

void task_await_begin(struct task *task)
{
	latch_pass(&task->begun, 1);
}

int pool_end(uint32_t pool, bool drain, int timeout_ms)
{
	int count;

	log_open(POOL_SHUTDOWN, PROTOCOL_OBJECT(pool, 0), drain, timeout_ms);
	count = pool_shutdown(pools[pool].pool, drain, timeout_ms);
	log_close(POOL_SHUTDOWN, PROTOCOL_OBJECT(pool, 0), 0,
		  (uint64_t)(int64_t)count);
	return count;
}

/* ---- what tasks do ---- */

static void ask(const struct task *task, bool must_know)
{
	log_open(POOL_ASK, object_of(task), must_know, 0);
	log_close(POOL_ASK, object_of(task), 0,
		  (uint64_t)(int64_t)task_cancelled());
}

static void submit_other(const struct task *task, int distance, uint32_t kind,
			 uint32_t gate)
{
	(void)task_submit(other(task, distance), kind, gate, true);
}

static void wait_for_other(const struct task *task, int distance)
{
	uint64_t value;

	(void)task_wait(other(task, distance), -1, &value);
}

/* Itself and all above it. */
static void go_deep(const struct task *task, uint32_t last)
{
	if (task->gate <= 1)
		return;
	submit_other(task, 1, task->gate == 2 ? last : task->kind,
		     task->gate - 1);
	wait_for_other(task, 1);
}

static void spread(const struct task *task)
{
	uint32_t i;

	for (i = 1; i <= task->gate; i++)
		submit_other(task, (int)i, TASK_PLAIN, 0);
	for (i = task->gate; i >= 1; i--)
		wait_for_other(task, (int)i);
}

static void meet(const struct task *task)
{
	submit_other(task, 1, TASK_HELD, 0);
	task_await_begin(other(task, 1));
	gate_pass(1);
	wait_for_other(task, 1);
}

static void act(struct task *task)
{
	switch ((enum task_kind)task->kind) {
	case TASK_HELD:
		gate_pass(task->gate);
		ask(task, false);
		break;
	case TASK_DEEP:
		go_deep(task, TASK_PLAIN);
		break;
	case TASK_EXIT_DEEP:
		go_deep(task, TASK_EXIT);
		break;
	case TASK_FAN:
		spread(task);
		break;
	case TASK_MEET:
		meet(task);
		break;
	case TASK_FOLLOW:
		wait_for_other(task, -2);
		break;
	case TASK_DRAIN:
		(void)pool_end(task->pool, true, -1);
		break;
	case TASK_NOW:
		(void)pool_end(task->pool, false, -1);
		ask(task, true);
		break;
	case TASK_TOGETHER:
		latch_add(&pools[task->pool].together);
		latch_pass(&pools[task->pool].together, task->gate);
		break;
	case TASK_FREE:
		task_forget(task);
		break;
	case TASK_PLAIN:
	case TASK_EXIT:
	case TASK_KINDS:
		break;
	}
}

static void *run(void *data)
{
	struct task *task = data;
	uint64_t value = PROTOCOL_VALUE + task->number;

	log_open(POOL_RUN, object_of(task), 0, 0);
	latch_add(&task->begun);
	act(task);
	if (task->kind == TASK_EXIT) {
		log_close(POOL_RUN, object_of(task), 0, 0);
		pthread_exit(data);
	}
	log_close(POOL_RUN, object_of(task), 0, value);
	return (void *)(uintptr_t)value;
}
