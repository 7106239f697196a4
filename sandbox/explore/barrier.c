/*
 * barrier.c - barriers: the last to arrive lets all go
 */
#include "sync.h"

#include <errno.h>
#include <pthread.h>

int pthread_barrier_init(pthread_barrier_t *barrier,
			 const pthread_barrierattr_t *attr, unsigned count)
{
	(void)attr;
	if (count == 0)
		return EINVAL;
	if (active()) {
		ENTER();
		object_init(barrier, OBJECT_BARRIER, HERE)->limit = count;
		LEAVE();
	}
	return 0;
}

int pthread_barrier_destroy(pthread_barrier_t *barrier)
{
	if (active()) {
		ENTER();
		object_destroy(barrier, OBJECT_BARRIER, HERE);
		LEAVE();
	}
	return 0;
}

/* The last one to arrive knows of all, and all of it. */
static int pass_barrier(struct object *object, uint64_t pc)
{
	struct fiber *self = rt->current;
	uint32_t i;

	core_step(EXPLORE_BARRIER, object->address, true, pc);
	if (object->limit == 0)
		finding_fail(EXPLORE_MISUSE, object->address, pc,
			     "wait at a barrier that was not initialized");
	race_release(object);
	if (++object->count < object->limit) {
		(void)core_park(object, object->address, NEVER, 0,
				EXPLORE_BARRIER, NULL, pc);
		return 0;
	}
	object->count = 0;
	race_acquire(object);
	for (i = 0; i < rt->threads; i++) {
		struct fiber *fiber = &rt->fibers[i];

		if (fiber->state != FIBER_PARKED || fiber->queue != object)
			continue;
		clock_join(&fiber->clock, &object->clock);
		sleep_wake(fiber);
	}
	clock_tick(self);
	core_effect();
	return PTHREAD_BARRIER_SERIAL_THREAD;
}

int pthread_barrier_wait(pthread_barrier_t *barrier)
{
	int result;

	if (!active())
		return 0;
	ENTER();
	result = pass_barrier(object_at(barrier, OBJECT_BARRIER, HERE), HERE);
	LEAVE();
	return result;
}
