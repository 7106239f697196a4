/*
 * trylock-back-off.c - one of two threads takes the locks against the order,
 * but only tries for the second and gives the first back
 */
#include "suite.h"

#include <errno.h>
#include <sched.h>

static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t second = PTHREAD_MUTEX_INITIALIZER;
static int guarded;

static void *in_order(void *number)
{
	(void)number;
	pthread_mutex_lock(&first);
	pthread_mutex_lock(&second);
	guarded++;
	pthread_mutex_unlock(&second);
	pthread_mutex_unlock(&first);
	return NULL;
}

static void *against(void *number)
{
	(void)number;
	for (;;) {
		int result;

		pthread_mutex_lock(&second);
		result = pthread_mutex_trylock(&first);
		if (!result)
			break;
		pthread_mutex_unlock(&second);
		scenario_require(result == EBUSY, "only for being held");
		sched_yield();
	}
	guarded++;
	pthread_mutex_unlock(&first);
	pthread_mutex_unlock(&second);
	return NULL;
}

static void run(void)
{
	SUITE_RUN(in_order, against);
	scenario_require(guarded == 2, "both were there");
}

SUITE_MAIN(run);
