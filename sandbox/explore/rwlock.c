/*
 * rwlock.c - read-write locks; readers may overtake a writer that waits
 */
#include "sync.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

static int rwlock(pthread_rwlock_t *lock, bool write, bool try,
		  const struct timespec *at, int clock_id, uint64_t pc)
{
	struct fiber *self = rt->current;
	struct object *object;
	bool lets;

	if (!active())
		return 0;
	ENTER();
	object = object_at(lock, OBJECT_RWLOCK, pc);
	if (object->owner == (int)self->number && !try) {
		LEAVE();
		return EDEADLK;
	}
	if (at) {
		self->deadline_ns = clock_of_timespec(at->tv_sec, at->tv_nsec);
		self->clock_id = clock_id;
	}
	if (try)
		rt->trylock_seen = true;
	core_operation(try     ? EXPLORE_TRYLOCK
		       : write ? EXPLORE_LOCK
			       : EXPLORE_READ_LOCK,
		       object->address, true, pc, try ? NULL : object);
	lets = object->owner == NOBODY && !(write && object->readers);
	if (!lets) {
		core_in_vain();
		LEAVE();
		return try ? EBUSY : ETIMEDOUT;
	}
	race_acquire(object);
	if (write) {
		clock_join(&self->clock, &object->reader_clock);
		object->owner = (int)self->number;
	} else {
		object->readers |= 1u << self->number % THREADS;
		object->count++;
	}
	finding_place(self, pc, &object->taken);
	core_effect();
	LEAVE();
	return 0;
}

int pthread_rwlock_init(pthread_rwlock_t *lock,
			const pthread_rwlockattr_t *attr)
{
	(void)attr;
	if (active()) {
		ENTER();
		(void)object_init(lock, OBJECT_RWLOCK, HERE);
		LEAVE();
	}
	fill(lock, 0, sizeof *lock);
	return 0;
}

int pthread_rwlock_destroy(pthread_rwlock_t *lock)
{
	if (active()) {
		ENTER();
		object_destroy(lock, OBJECT_RWLOCK, HERE);
		LEAVE();
	}
	return 0;
}

int pthread_rwlock_rdlock(pthread_rwlock_t *lock)
{
	return rwlock(lock, false, false, NULL, 0, HERE);
}

int pthread_rwlock_wrlock(pthread_rwlock_t *lock)
{
	return rwlock(lock, true, false, NULL, 0, HERE);
}

int pthread_rwlock_tryrdlock(pthread_rwlock_t *lock)
{
	return rwlock(lock, false, true, NULL, 0, HERE);
}

int pthread_rwlock_trywrlock(pthread_rwlock_t *lock)
{
	return rwlock(lock, true, true, NULL, 0, HERE);
}

int pthread_rwlock_timedrdlock(pthread_rwlock_t *lock,
			       const struct timespec *at)
{
	return rwlock(lock, false, false, at, CLOCK_REALTIME, HERE);
}

int pthread_rwlock_timedwrlock(pthread_rwlock_t *lock,
			       const struct timespec *at)
{
	return rwlock(lock, true, false, at, CLOCK_REALTIME, HERE);
}

int pthread_rwlock_clockrdlock(pthread_rwlock_t *lock, clockid_t clock_id,
			       const struct timespec *at)
{
	return rwlock(lock, false, false, at, clock_id, HERE);
}

int pthread_rwlock_clockwrlock(pthread_rwlock_t *lock, clockid_t clock_id,
			       const struct timespec *at)
{
	return rwlock(lock, true, false, at, clock_id, HERE);
}

/* What readers release only writers acquire. */
static void read_unlock(struct object *object, uint64_t pc)
{
	struct fiber *self = rt->current;

	if (!(object->readers & 1u << self->number))
		finding_fail(
			EXPLORE_MISUSE, object->address, pc,
			"unlock of a read-write lock that this thread does "
			"not hold");
	clock_join(&object->reader_clock, &self->clock);
	clock_tick(self);
	object->readers &= ~(1u << self->number);
	object->count--;
}

int pthread_rwlock_unlock(pthread_rwlock_t *lock)
{
	struct object *object;

	if (!active())
		return 0;
	ENTER();
	object = object_at(lock, OBJECT_RWLOCK, HERE);
	core_step(EXPLORE_UNLOCK, object->address, true, HERE);
	if (object->owner == (int)rt->current->number) {
		race_release(object);
		object->owner = NOBODY;
	} else {
		read_unlock(object, HERE);
	}
	core_effect();
	LEAVE();
	return 0;
}
