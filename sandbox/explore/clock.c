/*
 * clock.c - a clock that only the explorer moves, and sleeping by it
 *
 * CLOCK_REALTIME is the same clock, some way off; a scenario may set it. Time
 * passes when a timeout does, and a little when it is read, each time twice as
 * much, so that a loop that waits for a time comes to an end.
 */
#include "runtime.h"

#include <errno.h>
#include <sched.h>
#include <sys/time.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#define READ_NS 1000u
#define DOUBLINGS_MAX 13 /* about 8 ms */
#define SECOND_NS 1000000000

uint64_t clock_of_timespec(int64_t seconds, int64_t nanoseconds)
{
	if (seconds < 0)
		return 0;
	if (seconds > INT64_MAX / SECOND_NS / 2)
		return INT64_MAX; /* some day, but not never */
	return (uint64_t)seconds * SECOND_NS + (uint64_t)nanoseconds;
}

static bool settable(int clock_id)
{
	return clock_id == CLOCK_REALTIME ||
	       clock_id == CLOCK_REALTIME_COARSE || clock_id == CLOCK_TAI;
}

static uint64_t now(int clock_id)
{
	return settable(clock_id)
		       ? (uint64_t)((int64_t)rt->now_ns + rt->wall_offset_ns)
		       : rt->now_ns;
}

uint64_t clock_read_ns(int clock_id)
{
	struct fiber *self = rt->current;

	rt->now_ns += READ_NS << self->clock_reads;
	if (self->clock_reads < DOUBLINGS_MAX)
		self->clock_reads++;
	return now(clock_id);
}

static uint64_t read_here(int clock_id, uint64_t pc)
{
	uint64_t ns;

	if (!active())
		return rt ? now(clock_id) : 0;
	ENTER();
	core_step(EXPLORE_CLOCK, 0, false, pc);
	core_in_vain();
	ns = clock_read_ns(clock_id);
	core_value(ns, 0);
	LEAVE();
	return ns;
}

int clock_gettime(clockid_t clock_id, struct timespec *ret)
{
	uint64_t ns = read_here(clock_id, HERE);

	ret->tv_sec = (time_t)(ns / SECOND_NS);
	ret->tv_nsec = (long)(ns % SECOND_NS);
	return 0;
}

int clock_getres(clockid_t clock_id, struct timespec *ret)
{
	(void)clock_id;
	if (ret) {
		ret->tv_sec = 0;
		ret->tv_nsec = 1;
	}
	return 0;
}

int gettimeofday(struct timeval *restrict ret, void *restrict zone)
{
	uint64_t ns = read_here(CLOCK_REALTIME, HERE);

	(void)zone;
	ret->tv_sec = (time_t)(ns / SECOND_NS);
	ret->tv_usec = (suseconds_t)(ns % SECOND_NS / 1000);
	return 0;
}

time_t time(time_t *ret)
{
	time_t seconds = (time_t)(read_here(CLOCK_REALTIME, HERE) / SECOND_NS);

	if (ret)
		*ret = seconds;
	return seconds;
}

int timespec_get(struct timespec *ret, int base)
{
	uint64_t ns = read_here(CLOCK_REALTIME, HERE);

	ret->tv_sec = (time_t)(ns / SECOND_NS);
	ret->tv_nsec = (long)(ns % SECOND_NS);
	return base;
}

clock_t clock(void)
{
	return (clock_t)(read_here(CLOCK_MONOTONIC, HERE) / 1000);
}

void scenario_set_wall_clock(int64_t seconds)
{
	if (!active())
		return;
	ENTER();
	core_step(EXPLORE_CLOCK, 0, true, HERE);
	rt->wall_offset_ns += seconds * SECOND_NS;
	LEAVE();
}

/* ---- sleeping ---- */

static void sleep_until(uint64_t deadline_ns, int clock_id, uint64_t pc)
{
	if (!active())
		return;
	ENTER();
	(void)core_park(NULL, 0, deadline_ns,
			settable(clock_id) ? CLOCK_REALTIME : clock_id,
			EXPLORE_SLEEP, NULL, pc);
	core_in_vain();
	LEAVE();
}

static void sleep_for(uint64_t ns, uint64_t pc)
{
	sleep_until(rt ? rt->now_ns + ns : 0, CLOCK_MONOTONIC, pc);
}

int nanosleep(const struct timespec *request, struct timespec *left)
{
	(void)left;
	sleep_for(clock_of_timespec(request->tv_sec, request->tv_nsec), HERE);
	return 0;
}

int clock_nanosleep(clockid_t clock_id, int flags,
		    const struct timespec *request, struct timespec *left)
{
	uint64_t ns = clock_of_timespec(request->tv_sec, request->tv_nsec);

	(void)left;
	if (flags & TIMER_ABSTIME)
		sleep_until(ns, clock_id, HERE);
	else
		sleep_for(ns, HERE);
	return 0;
}

int usleep(useconds_t us)
{
	sleep_for((uint64_t)us * 1000, HERE);
	return 0;
}

unsigned sleep(unsigned seconds)
{
	sleep_for((uint64_t)seconds * SECOND_NS, HERE);
	return 0;
}

int thrd_sleep(const struct timespec *request, struct timespec *left)
{
	(void)left;
	sleep_for(clock_of_timespec(request->tv_sec, request->tv_nsec), HERE);
	return 0;
}

/* ---- giving way ---- */

static void give_way(uint64_t pc)
{
	if (!active())
		return;
	ENTER();
	rt->current->yielded = true;
	core_step(EXPLORE_YIELD, 0, false, pc);
	core_in_vain();
	LEAVE();
}

int sched_yield(void)
{
	give_way(HERE);
	return 0;
}

void thrd_yield(void)
{
	give_way(HERE);
}

int pthread_yield(void);

int pthread_yield(void)
{
	give_way(HERE);
	return 0;
}
