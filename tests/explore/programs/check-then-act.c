/*
 * check-then-act.c - whether a seat is free is asked in one critical section,
 * and it is taken in the next
 *
 * Fails: thread 1 finds the seat free and is preempted between its two
 * sections, thread 2 takes the seat, thread 1 takes it too.
 */
#include "suite.h"

#include <stdbool.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int seats = 1;

static bool any_free(void)
{
	bool any;

	pthread_mutex_lock(&lock);
	any = seats > 0;
	pthread_mutex_unlock(&lock);
	return any;
}

static void *booker(void *number)
{
	(void)number;
	if (any_free()) {
		pthread_mutex_lock(&lock);
		seats--;
		pthread_mutex_unlock(&lock);
	}
	return NULL;
}

static void run(void)
{
	SUITE_RUN(booker, booker);
	scenario_require(seats == 0, "one seat is booked once");
}

SUITE_MAIN(run);
