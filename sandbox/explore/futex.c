/*
 * futex.c - syscall(): futexes, and what else makes sense without a kernel
 *
 * A futex (futex(2)) is a queue of sleepers at an address. Looking at the
 * value and going to sleep is one operation, as it is in the kernel.
 */
#include "runtime.h"

#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdarg.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define FIRST_TID 1001 /* what gettid() says of thread 0 */

static long fail_with(int error)
{
	errno = error;
	return -1;
}

static struct object *queue_at(uint64_t address, uint64_t pc)
{
	heap_check(address, 4, false, pc);
	rt->current->op.pc = pc;
	return object_get(address, OBJECT_FUTEX);
}

static long futex_wait(uint32_t *word, uint32_t expected,
		       const struct timespec *timeout, bool absolute,
		       int clock_id, uint64_t pc)
{
	struct object *queue = queue_at((uint64_t)word, pc);
	uint64_t deadline = NEVER;
	bool late;

	if (timeout)
		deadline = clock_of_timespec(timeout->tv_sec,
					     timeout->tv_nsec) +
			   (absolute ? 0 : rt->now_ns);
	core_step(EXPLORE_FUTEX_WAIT, (uint64_t)word, true, pc);
	core_value(*word, 0);
	if (*word != expected) {
		core_in_vain();
		return fail_with(EAGAIN);
	}
	late = core_park(queue, (uint64_t)word, deadline,
			 absolute ? clock_id : CLOCK_MONOTONIC,
			 EXPLORE_FUTEX_WAIT, NULL, pc);
	return late ? fail_with(ETIMEDOUT) : 0;
}

static long futex_wake(uint32_t *word, uint32_t count, uint64_t pc)
{
	struct object *queue = queue_at((uint64_t)word, pc);
	long woken = 0;

	core_step(EXPLORE_FUTEX_WAKE, (uint64_t)word, true, pc);
	while (woken < (long)count && sleep_wake_one(queue))
		woken++;
	core_value((uint64_t)woken, 0);
	core_effect();
	return woken;
}

static long futex_requeue(uint32_t *word, uint32_t wake, uint32_t move,
			  uint32_t *other, uint64_t pc)
{
	struct object *from = queue_at((uint64_t)word, pc);
	struct object *to = queue_at((uint64_t)other, pc);
	long done = futex_wake(word, wake, pc);
	uint32_t i;

	for (i = 0; i < rt->threads && move > 0; i++)
		if (rt->fibers[i].state == FIBER_PARKED &&
		    rt->fibers[i].queue == from) {
			rt->fibers[i].queue = to;
			rt->fibers[i].sleeps_on = to->address;
			move--;
			done++;
		}
	return done;
}

static long futex(const long arg[6], uint64_t pc)
{
	uint32_t *word = (uint32_t *)arg[0], *other = (uint32_t *)arg[4];
	const struct timespec *timeout = (const struct timespec *)arg[3];
	int clock_id = arg[1] & FUTEX_CLOCK_REALTIME ? CLOCK_REALTIME
						     : CLOCK_MONOTONIC;

	switch (arg[1] & FUTEX_CMD_MASK) {
	case FUTEX_WAIT:
		return futex_wait(word, (uint32_t)arg[2], timeout, false,
				  CLOCK_MONOTONIC, pc);
	case FUTEX_WAIT_BITSET:
		return futex_wait(word, (uint32_t)arg[2], timeout, true,
				  clock_id, pc);
	case FUTEX_WAKE:
	case FUTEX_WAKE_BITSET:
		return futex_wake(word, (uint32_t)arg[2], pc);
	case FUTEX_CMP_REQUEUE:
		if (*word != (uint32_t)arg[5])
			return fail_with(EAGAIN);
		return futex_requeue(word, (uint32_t)arg[2], (uint32_t)arg[3],
				     other, pc);
	case FUTEX_REQUEUE:
		return futex_requeue(word, (uint32_t)arg[2], (uint32_t)arg[3],
				     other, pc);
	default:
		finding_fail(EXPLORE_FORBIDDEN, 0, pc,
			     "this operation on a futex is not modelled");
	}
}

static long modelled(long number, const long arg[6], uint64_t pc)
{
	long result;

	switch (number) {
	case SYS_futex:
		ENTER();
		result = futex(arg, pc);
		LEAVE();
		return result;
	case SYS_sched_yield:
		return sched_yield();
	case SYS_membarrier:
		return 0;
	case SYS_gettid:
		return FIRST_TID + (long)rt->current->number;
	case SYS_getpid:
		return FIRST_TID;
	case SYS_exit:
	case SYS_exit_group:
		finding_fail(EXPLORE_EXITED, 0, pc, "exit by system call");
	default:
		break;
	}
	result = raw_call(number, arg[0], arg[1], arg[2], arg[3], arg[4],
			  arg[5]);
	return result < 0 && result > -4096 ? fail_with((int)-result) : result;
}

long syscall(long number, ...)
{
	long arg[6], result;
	va_list args;
	int i;

	va_start(args, number);
	for (i = 0; i < 6; i++)
		arg[i] = va_arg(args, long);
	va_end(args);
	if (active()) {
		if (!trap_lets(number, arg))
			finding_fail(
				EXPLORE_FORBIDDEN, (uint64_t)number, HERE,
				"a system call that scenarios may not make");
		return modelled(number, arg, HERE);
	}
	result = raw_call(number, arg[0], arg[1], arg[2], arg[3], arg[4],
			  arg[5]);
	return result < 0 && result > -4096 ? fail_with((int)-result) : result;
}

pid_t gettid(void)
{
	return active() ? (pid_t)(FIRST_TID + rt->current->number)
			: (pid_t)raw_call(SYS_gettid, 0, 0, 0, 0, 0, 0);
}

/* The same bytes in every schedule. */
ssize_t getrandom(void *to, size_t size, unsigned flags)
{
	(void)flags;
	fill(to, 0x55, size);
	return (ssize_t)size;
}

int getentropy(void *to, size_t size)
{
	fill(to, 0x55, size);
	return 0;
}
