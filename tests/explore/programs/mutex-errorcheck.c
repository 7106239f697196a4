/*
 * mutex-errorcheck.c - an errorcheck mutex answers a mistake by an error
 */
#include "suite.h"

#include <errno.h>

static pthread_mutex_t lock;
static int counter;

static void *adder(void *number)
{
	(void)number;
	scenario_require(pthread_mutex_unlock(&lock) == EPERM,
			 "only the holder unlocks");
	scenario_require(!pthread_mutex_lock(&lock), "the lock is had");
	scenario_require(pthread_mutex_lock(&lock) == EDEADLK,
			 "not a second time");
	scenario_require(pthread_mutex_trylock(&lock) == EBUSY,
			 "not by trying either");
	counter++;
	scenario_require(!pthread_mutex_unlock(&lock), "and given back");
	return NULL;
}

static void run(void)
{
	pthread_mutexattr_t attributes;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
	pthread_mutex_init(&lock, &attributes);
	pthread_mutexattr_destroy(&attributes);
	SUITE_RUN(adder, adder);
	scenario_require(counter == 2, "both additions count");
	pthread_mutex_destroy(&lock);
}

SUITE_MAIN(run);
