/*
 * counter-mutex.c - a plain counter that is only touched under its mutex
 */
#include "suite.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int counter;

static void *adder(void *number)
{
	(void)number;
	for (int i = 0; i < 2; i++) {
		pthread_mutex_lock(&lock);
		counter++;
		pthread_mutex_unlock(&lock);
	}
	return NULL;
}

static void run(void)
{
	SUITE_RUN(adder, adder, adder);
	scenario_require(counter == 6, "six additions count");
}

SUITE_MAIN(run);
