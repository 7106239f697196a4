/*
 * sem-timed.c - a timed wait either has the post or leaves it to be counted
 */
#include "suite.h"

#include <errno.h>
#include <semaphore.h>
#include <time.h>

static sem_t items;
static int got;

static void *taker(void *number)
{
	struct timespec until;
	int result;

	(void)number;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec++;
	do
		result = sem_timedwait(&items, &until);
	while (result && errno == EINTR);
	scenario_require(!result || errno == ETIMEDOUT, "only for the time");
	got = !result;
	return NULL;
}

static void *giver(void *number)
{
	(void)number;
	sem_post(&items);
	return NULL;
}

static void run(void)
{
	int left = -1;

	sem_init(&items, 0, 0);
	SUITE_RUN(taker, giver);
	sem_getvalue(&items, &left);
	scenario_require(got + left == 1, "the post is had or left");
	scenario_require(sem_trywait(&items) == (got ? -1 : 0),
			 "a try has what is left");
	sem_destroy(&items);
}

SUITE_MAIN(run);
