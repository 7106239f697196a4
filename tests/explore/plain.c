/*
 * plain.c - scenario.h without an explorer
 *
 * Runs a program's first scenario once, on the threads of the system: what the
 * explorer's answers are compared with, and, linked with ThreadSanitizer,
 * that. Ends with 0 if nothing failed, by abort() otherwise.
 *
 *	gcc -std=gnu17 -O1 -fno-ipa-reference -pthread PROGRAM.c plain.c
 *	gcc -std=gnu17 -O1 -fno-ipa-reference -pthread -fsanitize=thread ...
 *
 * Without -fno-ipa-reference gcc 12 miscompiles programs/tas-lock.c.
 */
#include <assay/scenario.h>

#include <stdio.h>
#include <stdlib.h>

unsigned scenario_call(uint32_t kind, uint32_t object, uint64_t argument,
		       int32_t timeout_ms)
{
	(void)kind;
	(void)object;
	(void)argument;
	(void)timeout_ms;
	return 0;
}

void scenario_return(unsigned call, int32_t result, uint64_t value)
{
	(void)call;
	(void)result;
	(void)value;
}

void scenario_require(int holds, const char *text)
{
	if (holds)
		return;
	fprintf(stderr, "not so: %s\n", text);
	abort();
}

void scenario_set_wall_clock(int64_t seconds)
{
	(void)seconds;
}

#ifdef __SANITIZE_THREAD__
/*
 * The libtsan of gcc 12 knows nothing of C11 threads: a thread that it has not
 * seen begin crashes in it. So here they are what they are in glibc anyway,
 * only by way of the functions that it does know.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <threads.h>

struct thrd_start {
	thrd_start_t body;
	void *argument;
};

static void *thrd_run(void *argument)
{
	struct thrd_start start = *(struct thrd_start *)argument;

	free(argument);
	return (void *)(intptr_t)start.body(start.argument);
}

static int thrd_result(int error)
{
	switch (error) {
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

int thrd_create(thrd_t *thread, thrd_start_t body, void *argument)
{
	struct thrd_start *start = malloc(sizeof(*start));

	if (!start)
		return thrd_nomem;
	start->body = body;
	start->argument = argument;
	return thrd_result(pthread_create(thread, NULL, thrd_run, start));
}

int thrd_join(thrd_t thread, int *result)
{
	void *value = NULL;
	int error = pthread_join(thread, &value);

	if (!error && result)
		*result = (int)(intptr_t)value;
	return thrd_result(error);
}

int mtx_init(mtx_t *mutex, int type)
{
	pthread_mutexattr_t attributes;
	int error;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_settype(&attributes, type & mtx_recursive
						       ? PTHREAD_MUTEX_RECURSIVE
						       : PTHREAD_MUTEX_NORMAL);
	error = pthread_mutex_init((pthread_mutex_t *)mutex, &attributes);
	pthread_mutexattr_destroy(&attributes);
	return thrd_result(error);
}

int mtx_lock(mtx_t *mutex)
{
	return thrd_result(pthread_mutex_lock((pthread_mutex_t *)mutex));
}

int mtx_trylock(mtx_t *mutex)
{
	return thrd_result(pthread_mutex_trylock((pthread_mutex_t *)mutex));
}

int mtx_timedlock(mtx_t *restrict mutex, const struct timespec *restrict until)
{
	return thrd_result(
		pthread_mutex_timedlock((pthread_mutex_t *)mutex, until));
}

int mtx_unlock(mtx_t *mutex)
{
	return thrd_result(pthread_mutex_unlock((pthread_mutex_t *)mutex));
}

void mtx_destroy(mtx_t *mutex)
{
	pthread_mutex_destroy((pthread_mutex_t *)mutex);
}

int cnd_init(cnd_t *condition)
{
	return thrd_result(
		pthread_cond_init((pthread_cond_t *)condition, NULL));
}

int cnd_signal(cnd_t *condition)
{
	return thrd_result(pthread_cond_signal((pthread_cond_t *)condition));
}

int cnd_broadcast(cnd_t *condition)
{
	return thrd_result(pthread_cond_broadcast((pthread_cond_t *)condition));
}

int cnd_wait(cnd_t *condition, mtx_t *mutex)
{
	return thrd_result(pthread_cond_wait((pthread_cond_t *)condition,
					     (pthread_mutex_t *)mutex));
}

void cnd_destroy(cnd_t *condition)
{
	pthread_cond_destroy((pthread_cond_t *)condition);
}

void call_once(once_flag *flag, void (*function)(void))
{
	pthread_once((pthread_once_t *)flag, function);
}
#endif

int main(void)
{
	scenarios[0].run();
	return 0;
}
