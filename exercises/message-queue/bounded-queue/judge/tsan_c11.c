/*
 * tsan_c11.c - what ThreadSanitizer does not know of the C library
 *
 * It sees what happens before what by standing between the program and the
 * functions of POSIX threads. Those of C11 reach glibc's inner parts beside it,
 * and correct code would be reported. So the TSan variant is linked with
 * --wrap for them, and here they become the POSIX functions that they are in
 * glibc, where the types are the same under another name.
 */
#define _GNU_SOURCE /* sem_clockwait, pthread_mutex_clocklock */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <threads.h>
#include <time.h>

#define NS_PER_S 1000000000L

_Static_assert(sizeof(mtx_t) == sizeof(pthread_mutex_t), "the same type");
_Static_assert(sizeof(cnd_t) == sizeof(pthread_cond_t), "the same type");
_Static_assert(sizeof(once_flag) == sizeof(pthread_once_t), "the same type");

int __wrap_mtx_init(mtx_t *mutex, int type);
void __wrap_mtx_destroy(mtx_t *mutex);
int __wrap_mtx_lock(mtx_t *mutex);
int __wrap_mtx_trylock(mtx_t *mutex);
int __wrap_mtx_timedlock(mtx_t *mutex, const struct timespec *until);
int __wrap_mtx_unlock(mtx_t *mutex);
int __wrap_cnd_init(cnd_t *cond);
void __wrap_cnd_destroy(cnd_t *cond);
int __wrap_cnd_signal(cnd_t *cond);
int __wrap_cnd_broadcast(cnd_t *cond);
int __wrap_cnd_wait(cnd_t *cond, mtx_t *mutex);
int __wrap_cnd_timedwait(cnd_t *cond, mtx_t *mutex,
			 const struct timespec *until);
void __wrap_call_once(once_flag *flag, void (*function)(void));
int __wrap_sem_clockwait(sem_t *sem, clockid_t clock,
			 const struct timespec *until);
int __wrap_pthread_mutex_clocklock(pthread_mutex_t *mutex, clockid_t clock,
				   const struct timespec *until);

static pthread_mutex_t *posix_mutex(mtx_t *mutex)
{
	return (pthread_mutex_t *)mutex;
}

static pthread_cond_t *posix_cond(cnd_t *cond)
{
	return (pthread_cond_t *)cond;
}

static int c11_result(int r)
{
	switch (r) {
	case 0:
		return thrd_success;
	case EBUSY:
		return thrd_busy;
	case ETIMEDOUT:
		return thrd_timedout;
	case ENOMEM:
		return thrd_nomem;
	default:
		return thrd_error;
	}
}

int __wrap_mtx_init(mtx_t *mutex, int type)
{
	pthread_mutexattr_t attributes;
	int r;

	(void)pthread_mutexattr_init(&attributes);
	if (type & mtx_recursive)
		(void)pthread_mutexattr_settype(&attributes,
						PTHREAD_MUTEX_RECURSIVE);
	r = pthread_mutex_init(posix_mutex(mutex), &attributes);
	(void)pthread_mutexattr_destroy(&attributes);
	return c11_result(r);
}

void __wrap_mtx_destroy(mtx_t *mutex)
{
	(void)pthread_mutex_destroy(posix_mutex(mutex));
}

int __wrap_mtx_lock(mtx_t *mutex)
{
	return c11_result(pthread_mutex_lock(posix_mutex(mutex)));
}

int __wrap_mtx_trylock(mtx_t *mutex)
{
	return c11_result(pthread_mutex_trylock(posix_mutex(mutex)));
}

int __wrap_mtx_timedlock(mtx_t *mutex, const struct timespec *until)
{
	return c11_result(pthread_mutex_timedlock(posix_mutex(mutex), until));
}

int __wrap_mtx_unlock(mtx_t *mutex)
{
	return c11_result(pthread_mutex_unlock(posix_mutex(mutex)));
}

int __wrap_cnd_init(cnd_t *cond)
{
	return c11_result(pthread_cond_init(posix_cond(cond), NULL));
}

void __wrap_cnd_destroy(cnd_t *cond)
{
	(void)pthread_cond_destroy(posix_cond(cond));
}

int __wrap_cnd_signal(cnd_t *cond)
{
	return c11_result(pthread_cond_signal(posix_cond(cond)));
}

int __wrap_cnd_broadcast(cnd_t *cond)
{
	return c11_result(pthread_cond_broadcast(posix_cond(cond)));
}

int __wrap_cnd_wait(cnd_t *cond, mtx_t *mutex)
{
	return c11_result(
		pthread_cond_wait(posix_cond(cond), posix_mutex(mutex)));
}

int __wrap_cnd_timedwait(cnd_t *cond, mtx_t *mutex,
			 const struct timespec *until)
{
	return c11_result(pthread_cond_timedwait(posix_cond(cond),
						 posix_mutex(mutex), until));
}

void __wrap_call_once(once_flag *flag, void (*function)(void))
{
	(void)pthread_once((pthread_once_t *)flag, function);
}

/* The sanitizer knows these for the wall clock only; here nobody sets it. */
static struct timespec on_wall_clock(clockid_t clock,
				     const struct timespec *until)
{
	struct timespec wall;
	struct timespec now;

	(void)clock_gettime(clock, &now);
	(void)clock_gettime(CLOCK_REALTIME, &wall);
	wall.tv_sec += until->tv_sec - now.tv_sec - 1;
	wall.tv_nsec += until->tv_nsec - now.tv_nsec + NS_PER_S;
	wall.tv_sec += wall.tv_nsec / NS_PER_S;
	wall.tv_nsec %= NS_PER_S;
	return wall;
}

int __wrap_sem_clockwait(sem_t *sem, clockid_t clock,
			 const struct timespec *until)
{
	struct timespec wall = on_wall_clock(clock, until);

	return sem_timedwait(sem, &wall);
}

int __wrap_pthread_mutex_clocklock(pthread_mutex_t *mutex, clockid_t clock,
				   const struct timespec *until)
{
	struct timespec wall = on_wall_clock(clock, until);

	return pthread_mutex_timedlock(mutex, &wall);
}
