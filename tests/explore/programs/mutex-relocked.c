/*
 * mutex-relocked.c - a function that locks calls another that does, too
 *
 * Fails: the list has become full before the closer looks, so it flushes, and
 * waits for itself.
 */
#include "suite.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int used;

static void flush(void)
{
	pthread_mutex_lock(&lock);
	used = 0;
	pthread_mutex_unlock(&lock);
}

static void *adder(void *number)
{
	(void)number;
	pthread_mutex_lock(&lock);
	used++;
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void *closer(void *number)
{
	(void)number;
	pthread_mutex_lock(&lock);
	if (used == 2)
		flush();
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void run(void)
{
	SUITE_RUN(closer, adder, adder);
}

SUITE_MAIN(run);
