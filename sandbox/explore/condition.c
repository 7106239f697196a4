/*
 * condition.c - condition variables
 *
 * A wait is two operations: giving the mutex up and going to sleep, which is
 * one, and having the mutex again. Whom a signal wakes is a choice.
 */
#include "sync.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#define ADDRESS(object) ((uint64_t)(uintptr_t)(object))

int pthread_cond_init(pthread_cond_t *cond, const pthread_condattr_t *attr)
{
	clockid_t clock_id = CLOCK_REALTIME;

	if (attr)
		(void)pthread_condattr_getclock(attr, &clock_id);
	if (active()) {
		ENTER();
		object_init(cond, OBJECT_CONDITION, HERE)->kind = clock_id;
		LEAVE();
	}
	fill(cond, 0, sizeof *cond);
	return 0;
}

int pthread_cond_destroy(pthread_cond_t *cond)
{
	if (active()) {
		ENTER();
		object_destroy(cond, OBJECT_CONDITION, HERE);
		LEAVE();
	}
	return 0;
}

struct object *sync_condition(uint64_t address, uint64_t pc)
{
	heap_check(address, 8, true, pc);
	rt->current->op.pc = pc;
	return object_get(address, OBJECT_CONDITION);
}

/* Returns with the mutex held, as it was before. */
int sync_wait(struct object *cond, struct object *mutex, uint64_t deadline_ns,
	      int clock_id, uint64_t pc)
{
	struct fiber *self = rt->current;
	uint32_t depth = mutex->count;
	bool late;

	core_step(EXPLORE_COND_WAIT, cond->address, true, pc);
	if (mutex->owner != (int)self->number)
		finding_fail(EXPLORE_MISUSE, mutex->address, pc,
			     "wait for a condition without holding the mutex");
	sync_let_go(mutex);
	late = core_park(cond, cond->address, deadline_ns, clock_id,
			 EXPLORE_COND_WAKE, mutex, pc);
	if (mutex->owner != NOBODY) {
		/* timed out: that is no way past the mutex */
		self->timed_out = false;
		core_operation(EXPLORE_LOCK, mutex->address, true, pc, mutex);
	}
	sync_take(mutex, pc);
	mutex->count = depth;
	return late ? ETIMEDOUT : 0;
}

static int wait_until(pthread_cond_t *cond, pthread_mutex_t *mutex,
		      const struct timespec *at, int clock_id, uint64_t pc)
{
	struct object *condition;
	int result;

	if (!active())
		return 0;
	ENTER();
	condition = sync_condition(ADDRESS(cond), pc);
	result = sync_wait(condition, sync_mutex(ADDRESS(mutex), pc),
			   at ? clock_of_timespec(at->tv_sec, at->tv_nsec)
			      : NEVER,
			   clock_id < 0 ? condition->kind : clock_id, pc);
	LEAVE();
	return result;
}

int pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
	return wait_until(cond, mutex, NULL, -1, HERE);
}

int pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex,
			   const struct timespec *at)
{
	if (at->tv_nsec < 0 || at->tv_nsec >= 1000000000)
		return EINVAL;
	return wait_until(cond, mutex, at, -1, HERE);
}

int pthread_cond_clockwait(pthread_cond_t *cond, pthread_mutex_t *mutex,
			   clockid_t clock_id, const struct timespec *at)
{
	if (at->tv_nsec < 0 || at->tv_nsec >= 1000000000)
		return EINVAL;
	return wait_until(cond, mutex, at, clock_id, HERE);
}

void sync_signal(struct object *cond, uint64_t pc)
{
	core_step(EXPLORE_SIGNAL, cond->address, true, pc);
	core_value(sleep_count(cond), 0);
	(void)sleep_wake_one(cond);
	core_effect();
}

void sync_broadcast(struct object *cond, uint64_t pc)
{
	uint32_t i;

	core_step(EXPLORE_BROADCAST, cond->address, true, pc);
	core_value(sleep_count(cond), 0);
	for (i = 0; i < rt->threads; i++)
		if (rt->fibers[i].state == FIBER_PARKED &&
		    rt->fibers[i].queue == cond)
			sleep_wake(&rt->fibers[i]);
	core_effect();
}

int pthread_cond_signal(pthread_cond_t *cond)
{
	if (active()) {
		ENTER();
		sync_signal(sync_condition(ADDRESS(cond), HERE), HERE);
		LEAVE();
	}
	return 0;
}

int pthread_cond_broadcast(pthread_cond_t *cond)
{
	if (active()) {
		ENTER();
		sync_broadcast(sync_condition(ADDRESS(cond), HERE), HERE);
		LEAVE();
	}
	return 0;
}
