/*
 * mutex-destroyed-held.c - an object is taken down when its last user says that
 * it is done, which it says under the object's lock
 *
 * Fails: the owner destroys the mutex between the user's store and its unlock.
 */
#include "suite.h"

#include <sched.h>
#include <stdatomic.h>

static pthread_mutex_t lock;
static atomic_int done;

static void *user(void *number)
{
	(void)number;
	pthread_mutex_lock(&lock);
	atomic_store(&done, 1);
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void run(void)
{
	pthread_t thread;

	pthread_mutex_init(&lock, NULL);
	thread = suite_start(user, 0);
	while (!atomic_load(&done))
		sched_yield();
	pthread_mutex_destroy(&lock);
	suite_join(thread);
}

SUITE_MAIN(run);
