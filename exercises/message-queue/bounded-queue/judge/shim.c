/*
 * shim.c - see shim.h
 *
 * Waits on the wall clock. An absolute deadline on CLOCK_REALTIME has to be
 * looked at again whenever that clock is set (POSIX, clock_settime()). The
 * kernel's clock is not ours to set, so the shim waits in slices and lets the
 * wait return in between, woken by nobody, which is always allowed: the caller
 * then waits again, and that wait sees the clock as it is now.
 *
 * Whether a condition variable uses CLOCK_REALTIME or, by
 * pthread_condattr_setclock(), CLOCK_MONOTONIC is seen from the deadline: the
 * one counts from 1970 and the other from the start of the machine.
 */
#define _GNU_SOURCE /* pthread_cond_clockwait */
#include "shim.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <sys/time.h>
#include <threads.h>
#include <time.h>

#include "random.h"

#define NS_PER_S INT64_C(1000000000)
#define SLICE_NS (20 * INT64_C(1000000))
#define WALL_CLOCK_FROM_S 1000000000 /* 2001; no machine is up that long */

static struct {
	_Atomic uint32_t spurious_per_mille;
	_Atomic uint64_t spurious_seed;
	_Atomic uint64_t waits;
	atomic_bool sliced;
	_Atomic int64_t offset_s;
	pthread_mutex_t lock; /* of the two below */
	pthread_cond_t go;
	bool hold;
	uint32_t held;
} shim = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.go = PTHREAD_COND_INITIALIZER,
};

/* What the linker makes of --wrap: __real_x is x, and x is __wrap_x. */
int __real_clock_gettime(clockid_t clock, struct timespec *ret);
int __real_pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex);
int __real_pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex,
				  const struct timespec *until);
int __real_pthread_cond_clockwait(pthread_cond_t *cond, pthread_mutex_t *mutex,
				  clockid_t clock,
				  const struct timespec *until);
int __real_sem_timedwait(sem_t *sem, const struct timespec *until);

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret);
int __wrap_gettimeofday(struct timeval *ret, void *zone);
time_t __wrap_time(time_t *ret);
int __wrap_timespec_get(struct timespec *ret, int base);
int __wrap_pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex);
int __wrap_pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex,
				  const struct timespec *until);
int __wrap_pthread_cond_clockwait(pthread_cond_t *cond, pthread_mutex_t *mutex,
				  clockid_t clock,
				  const struct timespec *until);
int __wrap_cnd_wait(cnd_t *cond, mtx_t *mutex);
int __wrap_cnd_timedwait(cnd_t *cond, mtx_t *mutex,
			 const struct timespec *until);
int __wrap_sem_timedwait(sem_t *sem, const struct timespec *until);

void shim_spurious(uint64_t seed, uint32_t per_mille)
{
	atomic_store(&shim.spurious_seed, seed);
	atomic_store(&shim.spurious_per_mille, per_mille);
}

void shim_clock(int64_t offset_s)
{
	atomic_store(&shim.offset_s, offset_s);
	atomic_store(&shim.sliced, true);
}

void shim_hold(bool on)
{
	(void)pthread_mutex_lock(&shim.lock);
	shim.hold = on;
	(void)pthread_cond_broadcast(&shim.go);
	(void)pthread_mutex_unlock(&shim.lock);
}

uint32_t shim_held(void)
{
	uint32_t held;

	(void)pthread_mutex_lock(&shim.lock);
	held = shim.held;
	(void)pthread_mutex_unlock(&shim.lock);
	return held;
}

/* ---- clocks ---- */

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret)
{
	int r = __real_clock_gettime(clock, ret);

	if (r == 0 && (clock == CLOCK_REALTIME ||
		       clock == CLOCK_REALTIME_COARSE))
		ret->tv_sec += atomic_load(&shim.offset_s);
	return r;
}

int __wrap_gettimeofday(struct timeval *ret, void *zone)
{
	struct timespec now;

	(void)zone;
	(void)__wrap_clock_gettime(CLOCK_REALTIME, &now);
	ret->tv_sec = now.tv_sec;
	ret->tv_usec = now.tv_nsec / 1000;
	return 0;
}

time_t __wrap_time(time_t *ret)
{
	struct timespec now;

	(void)__wrap_clock_gettime(CLOCK_REALTIME, &now);
	if (ret)
		*ret = now.tv_sec;
	return now.tv_sec;
}

int __wrap_timespec_get(struct timespec *ret, int base)
{
	if (base != TIME_UTC)
		return 0;
	(void)__wrap_clock_gettime(CLOCK_REALTIME, ret);
	return base;
}

/* What is left until @until by the wall clock that the candidate sees. */
static int64_t left_ns(const struct timespec *until)
{
	struct timespec now;

	(void)__wrap_clock_gettime(CLOCK_REALTIME, &now);
	return (until->tv_sec - now.tv_sec) * NS_PER_S +
	       (until->tv_nsec - now.tv_nsec);
}

/* The system's wall clock in @ns, but at the end of a slice at most. */
static struct timespec slice_end(int64_t ns)
{
	struct timespec at;

	(void)__real_clock_gettime(CLOCK_REALTIME, &at);
	at.tv_nsec += ns < SLICE_NS ? ns : SLICE_NS;
	if (at.tv_nsec >= NS_PER_S) {
		at.tv_sec++;
		at.tv_nsec -= NS_PER_S;
	}
	return at;
}

/* ---- waits ---- */

static bool wakes_for_nothing(void)
{
	uint32_t per_mille = atomic_load(&shim.spurious_per_mille);
	uint64_t number;

	if (per_mille == 0)
		return false;
	number = atomic_fetch_add(&shim.waits, 1);
	return random_mix(atomic_load(&shim.spurious_seed) + number) % 1000 <
	       per_mille;
}

/* As a wait does: others get the mutex in between, now and then the CPU too. */
static int return_for_nothing(pthread_mutex_t *mutex)
{
	(void)pthread_mutex_unlock(mutex);
	if (atomic_load(&shim.waits) % 8 == 0)
		(void)sched_yield();
	return pthread_mutex_lock(mutex);
}

static void hold_back(pthread_mutex_t *mutex)
{
	(void)pthread_mutex_lock(&shim.lock);
	if (!shim.hold) {
		(void)pthread_mutex_unlock(&shim.lock);
		return;
	}
	(void)pthread_mutex_unlock(mutex);
	shim.held++;
	while (shim.hold)
		(void)__real_pthread_cond_wait(&shim.go, &shim.lock);
	shim.held--;
	(void)pthread_mutex_unlock(&shim.lock);
	(void)pthread_mutex_lock(mutex);
}

int __wrap_pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
	if (wakes_for_nothing())
		return return_for_nothing(mutex);
	return __real_pthread_cond_wait(cond, mutex);
}

/* Wait for a slice by the wall clock; 0 also when only the slice is over. */
static int wait_slice(pthread_cond_t *cond, pthread_mutex_t *mutex,
		      const struct timespec *until)
{
	int64_t left = left_ns(until);
	struct timespec end;
	int r;

	if (left <= 0)
		return ETIMEDOUT;
	end = slice_end(left);
	r = __real_pthread_cond_clockwait(cond, mutex, CLOCK_REALTIME, &end);
	if (r == ETIMEDOUT && left_ns(until) > 0)
		return 0;
	return r;
}

int __wrap_pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex,
				  const struct timespec *until)
{
	int r;

	if (wakes_for_nothing())
		return return_for_nothing(mutex);
	if (until->tv_sec >= WALL_CLOCK_FROM_S && atomic_load(&shim.sliced))
		r = wait_slice(cond, mutex, until);
	else
		r = __real_pthread_cond_timedwait(cond, mutex, until);
	if (r == ETIMEDOUT)
		hold_back(mutex);
	return r;
}

int __wrap_pthread_cond_clockwait(pthread_cond_t *cond, pthread_mutex_t *mutex,
				  clockid_t clock,
				  const struct timespec *until)
{
	int r;

	if (wakes_for_nothing())
		return return_for_nothing(mutex);
	if (clock == CLOCK_REALTIME && atomic_load(&shim.sliced))
		r = wait_slice(cond, mutex, until);
	else
		r = __real_pthread_cond_clockwait(cond, mutex, clock, until);
	if (r == ETIMEDOUT)
		hold_back(mutex);
	return r;
}

/* In glibc, C11's types are POSIX's under another name. */
int __wrap_cnd_wait(cnd_t *cond, mtx_t *mutex)
{
	(void)__wrap_pthread_cond_wait((pthread_cond_t *)cond,
				       (pthread_mutex_t *)mutex);
	return thrd_success;
}

int __wrap_cnd_timedwait(cnd_t *cond, mtx_t *mutex,
			 const struct timespec *until)
{
	int r = __wrap_pthread_cond_timedwait((pthread_cond_t *)cond,
					      (pthread_mutex_t *)mutex, until);

	if (r == ETIMEDOUT)
		return thrd_timedout;
	return r == 0 ? thrd_success : thrd_error;
}

/* A semaphore remembers, so here a slice's end loses nothing. */
int __wrap_sem_timedwait(sem_t *sem, const struct timespec *until)
{
	struct timespec end;
	int r;

	if (!atomic_load(&shim.sliced))
		return __real_sem_timedwait(sem, until);
	do {
		end = slice_end(left_ns(until));
		r = __real_sem_timedwait(sem, &end);
	} while (r != 0 && errno == ETIMEDOUT && left_ns(until) > 0);
	return r;
}
