/*
 * semaphore.c - POSIX semaphores within one process
 */
#include "runtime.h"

#include <errno.h>
#include <semaphore.h>
#include <time.h>

int sem_init(sem_t *semaphore, int shared, unsigned value)
{
	(void)shared;
	if (active()) {
		ENTER();
		object_init(semaphore, OBJECT_SEMAPHORE, HERE)->count = value;
		LEAVE();
	}
	return 0;
}

int sem_destroy(sem_t *semaphore)
{
	if (active()) {
		ENTER();
		object_destroy(semaphore, OBJECT_SEMAPHORE, HERE);
		LEAVE();
	}
	return 0;
}

static int fail_with(int error)
{
	errno = error;
	return -1;
}

static int sem_take(sem_t *semaphore, bool try, const struct timespec *at,
		    int clock_id, uint64_t pc)
{
	struct object *object;
	bool late;

	if (!active())
		return 0;
	ENTER();
	object = object_at(semaphore, OBJECT_SEMAPHORE, pc);
	if (at) {
		rt->current->deadline_ns = clock_of_timespec(at->tv_sec,
							     at->tv_nsec);
		rt->current->clock_id = clock_id;
	}
	core_operation(EXPLORE_SEM_WAIT, object->address, true, pc,
		       try ? NULL : object);
	late = object->count == 0;
	core_value(object->count, 0);
	if (late) {
		core_in_vain();
	} else {
		object->count--;
		race_acquire(object);
		core_effect();
	}
	LEAVE();
	return late ? fail_with(try ? EAGAIN : ETIMEDOUT) : 0;
}

int sem_wait(sem_t *semaphore)
{
	return sem_take(semaphore, false, NULL, 0, HERE);
}

int sem_trywait(sem_t *semaphore)
{
	return sem_take(semaphore, true, NULL, 0, HERE);
}

int sem_timedwait(sem_t *semaphore, const struct timespec *at)
{
	return sem_take(semaphore, false, at, CLOCK_REALTIME, HERE);
}

int sem_clockwait(sem_t *semaphore, clockid_t clock_id,
		  const struct timespec *at)
{
	return sem_take(semaphore, false, at, clock_id, HERE);
}

int sem_post(sem_t *semaphore)
{
	struct object *object;

	if (!active())
		return 0;
	ENTER();
	object = object_at(semaphore, OBJECT_SEMAPHORE, HERE);
	core_step(EXPLORE_SEM_POST, object->address, true, HERE);
	object->count++;
	race_release(object);
	core_effect();
	LEAVE();
	return 0;
}

int sem_getvalue(sem_t *semaphore, int *ret)
{
	struct object *object;

	if (!active())
		return 0;
	ENTER();
	object = object_at(semaphore, OBJECT_SEMAPHORE, HERE);
	core_step(EXPLORE_SEM_POST, object->address, false, HERE);
	*ret = (int)object->count;
	core_value(object->count, 0);
	LEAVE();
	return 0;
}
