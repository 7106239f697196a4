/*
 * threads.c - threads of the candidate: made, joined, ended, and their own data
 *
 * A new thread runs at once up to its first decision, and then the one that
 * made it goes on: what it does before that nobody can tell from its doing it
 * later, and strategies see from the start what it is about to do.
 */
#include "runtime.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <threads.h>

#define DESTRUCTOR_ROUNDS 4 /* POSIX: PTHREAD_DESTRUCTOR_ITERATIONS */

/* The same key space for pthread_key_create() and tss_create(). */
STATE static struct {
	bool used[KEYS_MAX];
	void (*destructor[KEYS_MAX])(void *);
} keys;

/* ---- the end of a thread ---- */

static void run_destructors(struct fiber *self)
{
	bool again = true;
	uint32_t round, i;

	for (round = 0; again && round < DESTRUCTOR_ROUNDS; round++) {
		again = false;
		for (i = 0; i < KEYS_MAX; i++) {
			void *value = self->values[i];

			if (!keys.used[i] || !keys.destructor[i] || !value)
				continue;
			self->values[i] = NULL;
			keys.destructor[i](value);
			again = true;
		}
	}
}

static uint64_t identity(const struct fiber *fiber)
{
	return fiber->context.tls; /* glibc: a thread's pthread_t */
}

static _Noreturn void end(void *result)
{
	struct fiber *self = rt->current;
	struct object *object;
	struct fiber *next;

	run_destructors(self);
	ENTER();
	core_step(EXPLORE_END, self->number, true, 0);
	object = object_get(identity(self), OBJECT_THREAD);
	object->count = 1;
	race_release(object);
	self->result = result;
	self->state = FIBER_ENDED;
	core_effect();
	next = core_next();
	rt->current = next;
	fiber_switch(&self->context, &next->context);
	__builtin_unreachable();
}

/* ---- the beginning ---- */

static void run(void)
{
	struct fiber *self = rt->current;
	void *result;

	core_step(EXPLORE_BEGIN, self->number, false,
		  self->start ? (uint64_t)(uintptr_t)self->start + 1
			      : (uint64_t)(uintptr_t)self->start_c11 + 1);
	LEAVE();
	if (self->start)
		result = self->start(self->argument);
	else
		result = (void *)(intptr_t)self->start_c11(self->argument);
	end(result);
}

void threads_main(void)
{
	struct fiber *self = rt->current;

	self->clock.of[self->number] = 1;
	core_step(EXPLORE_BEGIN, 0, false, 0);
	LEAVE();
	rt->scenario->run();
	ENTER();
	core_step(EXPLORE_EXIT, 0, true, 0);
	core_finish();
}

static struct fiber *make(void *(*start)(void *), int (*start_c11)(void *),
			  void *argument, uint64_t pc)
{
	struct fiber *self = rt->current, *fiber;
	struct object *object;

	core_step(EXPLORE_CREATE, rt->threads, true, pc);
	fiber = fiber_new(run);
	if (!fiber)
		finding_fail(EXPLORE_UNABLE, 0, pc,
			     "more threads than the explorer can follow");
	fiber->start = start;
	fiber->start_c11 = start_c11;
	fiber->argument = argument;
	fiber->op.kind = EXPLORE_BEGIN;
	copy(&fiber->clock, &self->clock, sizeof fiber->clock);
	fiber->clock.of[fiber->number] = 1;
	clock_tick(self);
	object = object_get(identity(fiber), OBJECT_THREAD);
	object->owner = (int)fiber->number;
	core_effect();
	if (!rt->replaying) {
		fiber->maker = self;
		rt->current = fiber;
		fiber_switch(&self->context, &fiber->context);
	}
	return fiber;
}

int pthread_create(pthread_t *ret, const pthread_attr_t *attr,
		   void *(*start)(void *), void *argument)
{
	int detached = PTHREAD_CREATE_JOINABLE;
	struct fiber *fiber;

	if (!active())
		return EAGAIN;
	ENTER();
	if (attr)
		(void)pthread_attr_getdetachstate(attr, &detached);
	race_access((uint64_t)ret, sizeof *ret, true, false, HERE);
	fiber = make(start, NULL, argument, HERE);
	fiber->detached = detached == PTHREAD_CREATE_DETACHED;
	*ret = (pthread_t)identity(fiber);
	LEAVE();
	return 0;
}

int thrd_create(thrd_t *ret, thrd_start_t start, void *argument)
{
	struct fiber *fiber;

	if (!active())
		return thrd_error;
	ENTER();
	race_access((uint64_t)ret, sizeof *ret, true, false, HERE);
	fiber = make(NULL, start, argument, HERE);
	*ret = (thrd_t)identity(fiber);
	LEAVE();
	return thrd_success;
}

void pthread_exit(void *result)
{
	if (active() && rt->current->number == 0) {
		/* the others go on, and the schedule with them */
		ENTER();
		(void)core_park(NULL, 0, NEVER, 0, EXPLORE_EXIT, NULL, HERE);
	}
	end(result);
}

void thrd_exit(int result)
{
	pthread_exit((void *)(intptr_t)result);
}

/* ---- joining ---- */

static struct fiber *fiber_of(uint64_t thread)
{
	uint32_t i;

	for (i = 0; i < rt->threads; i++)
		if (identity(&rt->fibers[i]) == thread)
			return &rt->fibers[i];
	return NULL;
}

static struct fiber *join(uint64_t thread, uint64_t pc)
{
	struct fiber *fiber = fiber_of(thread);
	struct object *object;

	rt->current->op.pc = pc;
	if (!fiber)
		finding_fail(EXPLORE_MISUSE, thread, pc,
			     "join of something that is no thread");
	if (fiber->joined || fiber->detached)
		finding_fail(EXPLORE_MISUSE, thread, pc,
			     fiber->joined ? "join of a thread that is or was "
					     "joined already"
					   : "join of a detached thread");
	if (fiber == rt->current)
		return NULL;
	fiber->joined = true;
	object = object_get(thread, OBJECT_THREAD);
	core_operation(EXPLORE_JOIN, fiber->number, true, pc, object);
	core_value(fiber->number, 0);
	race_acquire(object);
	core_effect();
	return fiber;
}

int pthread_join(pthread_t thread, void **ret)
{
	struct fiber *fiber;

	if (!active())
		return ESRCH;
	ENTER();
	fiber = join(thread, HERE);
	if (fiber && ret) {
		race_access((uint64_t)ret, sizeof *ret, true, false, HERE);
		*ret = fiber->result;
	}
	LEAVE();
	return fiber ? 0 : EDEADLK;
}

int thrd_join(thrd_t thread, int *ret)
{
	struct fiber *fiber;

	if (!active())
		return thrd_error;
	ENTER();
	fiber = join(thread, HERE);
	if (fiber && ret)
		*ret = (int)(intptr_t)fiber->result;
	LEAVE();
	return fiber ? thrd_success : thrd_error;
}

static int detach(uint64_t thread, uint64_t pc)
{
	struct fiber *fiber;

	if (!active())
		return 0;
	ENTER();
	fiber = fiber_of(thread);
	if (!fiber || fiber->detached || fiber->joined)
		finding_fail(EXPLORE_MISUSE, thread, pc,
			     "detaches what cannot be detached");
	fiber->detached = true;
	LEAVE();
	return 0;
}

int pthread_detach(pthread_t thread)
{
	return detach(thread, HERE);
}

int thrd_detach(thrd_t thread)
{
	return detach(thread, HERE);
}

/* ---- what is not modelled ---- */

int pthread_cancel(pthread_t thread)
{
	(void)thread;
	if (active())
		finding_fail(EXPLORE_FORBIDDEN, 0, HERE,
			     "pthread_cancel() is not modelled");
	return ENOSYS;
}

int pthread_kill(pthread_t thread, int signal)
{
	(void)thread;
	(void)signal;
	if (active())
		finding_fail(EXPLORE_FORBIDDEN, 0, HERE,
			     "pthread_kill() is not modelled");
	return ENOSYS;
}

/* ---- thread-specific data ---- */

int pthread_key_create(pthread_key_t *ret, void (*destructor)(void *))
{
	pthread_key_t key;

	for (key = 0; key < KEYS_MAX && keys.used[key]; key++)
		continue;
	if (key == KEYS_MAX)
		return EAGAIN;
	keys.used[key] = true;
	keys.destructor[key] = destructor;
	*ret = key;
	return 0;
}

int pthread_key_delete(pthread_key_t key)
{
	if (key >= KEYS_MAX || !keys.used[key])
		return EINVAL;
	keys.used[key] = false;
	return 0;
}

/* Before the first schedule there is one thread, whose values these are. */
STATE static void *early_values[KEYS_MAX];

static void **values(void)
{
	return rt && rt->current ? rt->current->values : early_values;
}

int pthread_setspecific(pthread_key_t key, const void *value)
{
	if (key >= KEYS_MAX || !keys.used[key])
		return EINVAL;
	values()[key] = (void *)(uintptr_t)value;
	return 0;
}

void *pthread_getspecific(pthread_key_t key)
{
	return key < KEYS_MAX && keys.used[key] ? values()[key] : NULL;
}

int tss_create(tss_t *ret, tss_dtor_t destructor)
{
	return pthread_key_create(ret, destructor) == 0 ? thrd_success
							: thrd_error;
}

void tss_delete(tss_t key)
{
	(void)pthread_key_delete(key);
}

int tss_set(tss_t key, void *value)
{
	return pthread_setspecific(key, value) == 0 ? thrd_success : thrd_error;
}

void *tss_get(tss_t key)
{
	return pthread_getspecific(key);
}
