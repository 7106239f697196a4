/*
 * mutex-errorcheck-ignored.c - a second lock fails, which nobody looks at, and
 * its unlock is the first one's
 *
 * Fails: the other thread comes in between the inner unlock and the outer
 * addition.
 */
#include "suite.h"

static pthread_mutex_t lock;
static int counter;

static void add(void)
{
	pthread_mutex_lock(&lock);
	counter++;
	pthread_mutex_unlock(&lock);
}

static void *adder(void *number)
{
	(void)number;
	pthread_mutex_lock(&lock);
	add();
	counter++;
	pthread_mutex_unlock(&lock);
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
	scenario_require(counter == 4, "four additions count");
	pthread_mutex_destroy(&lock);
}

SUITE_MAIN(run);
