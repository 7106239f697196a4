/*
 * c11-lost-signal.c - a wait on a C11 condition for what is already over
 *
 * Fails: the signal comes before the wait, which does not ask.
 */
#include "suite.h"

#include <threads.h>

static mtx_t lock;
static cnd_t done;

static int worker(void *argument)
{
	(void)argument;
	mtx_lock(&lock);
	cnd_signal(&done);
	mtx_unlock(&lock);
	return 0;
}

static void run(void)
{
	thrd_t thread;

	mtx_init(&lock, mtx_plain);
	cnd_init(&done);
	thrd_create(&thread, worker, NULL);
	mtx_lock(&lock);
	cnd_wait(&done, &lock);
	mtx_unlock(&lock);
	thrd_join(thread, NULL);
	cnd_destroy(&done);
	mtx_destroy(&lock);
}

SUITE_MAIN(run);
