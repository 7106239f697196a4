/*
 * mutex.c - mutexes, and locks that spin
 *
 * Each call is an operation on an object (object.c); who cannot go on is not
 * enabled. What POSIX leaves undefined and the explorer can see is misuse,
 * which fails the schedule. Robustness, priorities and sharing between
 * processes make no difference within one process whose threads do not die, so
 * these attributes are ignored.
 */
#include "sync.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

/* Where glibc keeps the kind of a mutex (sysdeps/x86/nptl/bits/
 * struct_mutex.h), so that static initializers are understood. */
#define KIND_OFFSET 4
#define KIND_MASK 3

#define ADDRESS(object) ((uint64_t)(uintptr_t)(object))

static int kind_in_memory(const void *mutex)
{
	return ((const int *)mutex)[KIND_OFFSET] & KIND_MASK;
}

struct object *sync_mutex(uint64_t address, uint64_t pc)
{
	struct object *mutex;

	heap_check(address, 8, true, pc);
	rt->current->op.pc = pc;
	mutex = object_find(address);
	if (!mutex || mutex->type != OBJECT_MUTEX) {
		mutex = object_get(address, OBJECT_MUTEX);
		mutex->kind = kind_in_memory((const void *)address);
	}
	return object_get(address, OBJECT_MUTEX);
}

void sync_take(struct object *mutex, uint64_t pc)
{
	mutex->owner = (int)rt->current->number;
	mutex->count = 1;
	finding_place(rt->current, pc, &mutex->taken);
	race_acquire(mutex);
	core_effect();
}

/* A lock with a deadline (NEVER: none) on @clock_id. */
int sync_lock(struct object *mutex, uint64_t deadline_ns, int clock_id,
	      uint64_t pc)
{
	struct fiber *self = rt->current;

	if (mutex->owner == (int)self->number) {
		if (mutex->kind == PTHREAD_MUTEX_RECURSIVE) {
			core_step(EXPLORE_LOCK, mutex->address, true, pc);
			mutex->count++;
			return 0;
		}
		if (mutex->kind == PTHREAD_MUTEX_ERRORCHECK) {
			core_step(EXPLORE_LOCK, mutex->address, true, pc);
			return EDEADLK;
		}
	}
	self->deadline_ns = deadline_ns;
	self->clock_id = clock_id;
	core_operation(EXPLORE_LOCK, mutex->address, true, pc, mutex);
	if (mutex->destroyed)
		(void)object_get(mutex->address, OBJECT_MUTEX);
	if (mutex->owner != NOBODY)
		return ETIMEDOUT;
	sync_take(mutex, pc);
	return 0;
}

static int trylock(struct object *mutex, uint64_t pc)
{
	rt->trylock_seen = true;
	core_step(EXPLORE_TRYLOCK, mutex->address, true, pc);
	if (mutex->owner == (int)rt->current->number &&
	    mutex->kind == PTHREAD_MUTEX_RECURSIVE) {
		mutex->count++;
		return 0;
	}
	core_value(mutex->owner == NOBODY, 0);
	if (mutex->owner != NOBODY) {
		core_in_vain();
		return EBUSY;
	}
	sync_take(mutex, pc);
	return 0;
}

void sync_let_go(struct object *mutex)
{
	race_release(mutex);
	mutex->owner = NOBODY;
	mutex->count = 0;
	core_effect();
}

int sync_unlock(struct object *mutex, uint64_t pc)
{
	const int self = (int)rt->current->number;

	core_step(EXPLORE_UNLOCK, mutex->address, true, pc);
	if (mutex->owner != self) {
		if (mutex->kind == PTHREAD_MUTEX_ERRORCHECK ||
		    mutex->kind == PTHREAD_MUTEX_RECURSIVE)
			return EPERM;
		finding_fail(EXPLORE_MISUSE, mutex->address, pc,
			     mutex->owner == NOBODY
				     ? "unlock of a mutex that nobody holds"
				     : "unlock of a mutex that another thread "
				       "holds");
	}
	if (--mutex->count == 0)
		sync_let_go(mutex);
	return 0;
}

int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attr)
{
	int kind = PTHREAD_MUTEX_NORMAL;

	if (attr)
		(void)pthread_mutexattr_gettype(attr, &kind);
	if (active()) {
		ENTER();
		object_init(mutex, OBJECT_MUTEX, HERE)->kind = kind;
		LEAVE();
	}
	fill(mutex, 0, sizeof *mutex);
	((int *)mutex)[KIND_OFFSET] = kind;
	return 0;
}

int pthread_mutex_destroy(pthread_mutex_t *mutex)
{
	if (active()) {
		ENTER();
		object_destroy(mutex, OBJECT_MUTEX, HERE);
		LEAVE();
	}
	return 0;
}

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
	int result;

	if (!active())
		return 0;
	ENTER();
	result = sync_lock(sync_mutex(ADDRESS(mutex), HERE), NEVER, 0, HERE);
	LEAVE();
	return result;
}

int pthread_mutex_trylock(pthread_mutex_t *mutex)
{
	int result;

	if (!active())
		return 0;
	ENTER();
	result = trylock(sync_mutex(ADDRESS(mutex), HERE), HERE);
	LEAVE();
	return result;
}

static int lock_until(pthread_mutex_t *mutex, const struct timespec *at,
		      int clock_id, uint64_t pc)
{
	int result;

	if (!active())
		return 0;
	ENTER();
	result = sync_lock(sync_mutex(ADDRESS(mutex), pc),
			   clock_of_timespec(at->tv_sec, at->tv_nsec), clock_id,
			   pc);
	LEAVE();
	return result;
}

int pthread_mutex_timedlock(pthread_mutex_t *mutex, const struct timespec *at)
{
	return lock_until(mutex, at, CLOCK_REALTIME, HERE);
}

int pthread_mutex_clocklock(pthread_mutex_t *mutex, clockid_t clock_id,
			    const struct timespec *at)
{
	return lock_until(mutex, at, clock_id, HERE);
}

int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
	int result;

	if (!active())
		return 0;
	ENTER();
	result = sync_unlock(sync_mutex(ADDRESS(mutex), HERE), HERE);
	LEAVE();
	return result;
}

/* ---- spin locks ---- */

int pthread_spin_init(pthread_spinlock_t *lock, int shared)
{
	(void)shared;
	if (active()) {
		ENTER();
		(void)object_init((const void *)(uintptr_t)lock, OBJECT_SPIN,
				  HERE);
		LEAVE();
	}
	*lock = 0;
	return 0;
}

int pthread_spin_destroy(pthread_spinlock_t *lock)
{
	if (active()) {
		ENTER();
		object_destroy((const void *)(uintptr_t)lock, OBJECT_SPIN,
			       HERE);
		LEAVE();
	}
	return 0;
}

int pthread_spin_lock(pthread_spinlock_t *lock)
{
	struct object *object;

	if (!active())
		return 0;
	ENTER();
	object = object_at((const void *)(uintptr_t)lock, OBJECT_SPIN, HERE);
	core_operation(EXPLORE_LOCK, object->address, true, HERE, object);
	sync_take(object, HERE);
	LEAVE();
	return 0;
}

int pthread_spin_trylock(pthread_spinlock_t *lock)
{
	int result;

	if (!active())
		return 0;
	ENTER();
	result = trylock(
		object_at((const void *)(uintptr_t)lock, OBJECT_SPIN, HERE),
		HERE);
	LEAVE();
	return result;
}

int pthread_spin_unlock(pthread_spinlock_t *lock)
{
	struct object *object;

	if (!active())
		return 0;
	ENTER();
	object = object_at((const void *)(uintptr_t)lock, OBJECT_SPIN, HERE);
	core_step(EXPLORE_UNLOCK, object->address, true, HERE);
	if (object->owner != (int)rt->current->number)
		finding_fail(EXPLORE_MISUSE, object->address, HERE,
			     "unlock of a spin lock that this thread does not "
			     "hold");
	sync_let_go(object);
	LEAVE();
	return 0;
}
