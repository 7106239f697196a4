/*
 * c11.c - mutexes, conditions and once of C11 threads, as those of sync.c
 */
#include "sync.h"

#include <errno.h>
#include <pthread.h>
#include <threads.h>
#include <time.h>

#define ADDRESS(object) ((uint64_t)(uintptr_t)(object))

static int c11(int error)
{
	switch (error) {
	case 0:
		return thrd_success;
	case EBUSY:
		return thrd_busy;
	case ETIMEDOUT:
		return thrd_timedout;
	default:
		return thrd_error;
	}
}

int mtx_init(mtx_t *mutex, int type)
{
	pthread_mutexattr_t attr;
	int result;

	(void)pthread_mutexattr_init(&attr);
	(void)pthread_mutexattr_settype(&attr, type & mtx_recursive
						       ? PTHREAD_MUTEX_RECURSIVE
						       : PTHREAD_MUTEX_NORMAL);
	result = pthread_mutex_init((pthread_mutex_t *)mutex, &attr);
	return c11(result);
}

void mtx_destroy(mtx_t *mutex)
{
	(void)pthread_mutex_destroy((pthread_mutex_t *)mutex);
}

int mtx_lock(mtx_t *mutex)
{
	int result = 0;

	if (active()) {
		ENTER();
		result = sync_lock(sync_mutex(ADDRESS(mutex), HERE), NEVER, 0,
				   HERE);
		LEAVE();
	}
	return c11(result);
}

int mtx_timedlock(mtx_t *restrict mutex, const struct timespec *restrict at)
{
	int result = 0;

	if (active()) {
		ENTER();
		result = sync_lock(sync_mutex(ADDRESS(mutex), HERE),
				   clock_of_timespec(at->tv_sec, at->tv_nsec),
				   CLOCK_REALTIME, HERE);
		LEAVE();
	}
	return c11(result);
}

int mtx_trylock(mtx_t *mutex)
{
	return c11(pthread_mutex_trylock((pthread_mutex_t *)mutex));
}

int mtx_unlock(mtx_t *mutex)
{
	int result = 0;

	if (active()) {
		ENTER();
		result = sync_unlock(sync_mutex(ADDRESS(mutex), HERE), HERE);
		LEAVE();
	}
	return c11(result);
}

int cnd_init(cnd_t *cond)
{
	return c11(pthread_cond_init((pthread_cond_t *)cond, NULL));
}

void cnd_destroy(cnd_t *cond)
{
	(void)pthread_cond_destroy((pthread_cond_t *)cond);
}

int cnd_signal(cnd_t *cond)
{
	if (active()) {
		ENTER();
		sync_signal(sync_condition(ADDRESS(cond), HERE), HERE);
		LEAVE();
	}
	return thrd_success;
}

int cnd_broadcast(cnd_t *cond)
{
	if (active()) {
		ENTER();
		sync_broadcast(sync_condition(ADDRESS(cond), HERE), HERE);
		LEAVE();
	}
	return thrd_success;
}

static int wait_until(cnd_t *cond, mtx_t *mutex, uint64_t deadline_ns,
		      uint64_t pc)
{
	int result = 0;

	if (active()) {
		ENTER();
		result = sync_wait(sync_condition(ADDRESS(cond), pc),
				   sync_mutex(ADDRESS(mutex), pc), deadline_ns,
				   CLOCK_REALTIME, pc);
		LEAVE();
	}
	return c11(result);
}

int cnd_wait(cnd_t *cond, mtx_t *mutex)
{
	return wait_until(cond, mutex, NEVER, HERE);
}

int cnd_timedwait(cnd_t *restrict cond, mtx_t *restrict mutex,
		  const struct timespec *restrict at)
{
	return wait_until(cond, mutex,
			  clock_of_timespec(at->tv_sec, at->tv_nsec), HERE);
}

void call_once(once_flag *flag, void (*init)(void))
{
	(void)sync_once(flag, init, HERE);
}
