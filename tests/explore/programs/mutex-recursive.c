/*
 * mutex-recursive.c - a recursive mutex is its holder's until the last unlock
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
	int before;

	(void)number;
	pthread_mutex_lock(&lock);
	before = counter;
	add();
	add();
	scenario_require(counter == before + 2, "nobody came in between");
	scenario_require(!pthread_mutex_trylock(&lock), "its own once more");
	pthread_mutex_unlock(&lock);
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void run(void)
{
	pthread_mutexattr_t attributes;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&lock, &attributes);
	pthread_mutexattr_destroy(&attributes);
	SUITE_RUN(adder, adder);
	scenario_require(counter == 4, "four additions count");
	pthread_mutex_destroy(&lock);
}

SUITE_MAIN(run);
