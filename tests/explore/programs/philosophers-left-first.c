/*
 * philosophers-left-first.c - three philosophers, of whom each takes the left
 * fork first
 *
 * Fails: each has its left fork when it reaches for the right one.
 */
#include "suite.h"

struct fork {
	pthread_mutex_t lock;
	int uses;
};

static struct fork forks[3] = {
	{ PTHREAD_MUTEX_INITIALIZER, 0 },
	{ PTHREAD_MUTEX_INITIALIZER, 0 },
	{ PTHREAD_MUTEX_INITIALIZER, 0 },
};

static void *philosopher(void *number)
{
	int own = suite_number(number);
	int first = own;
	int second = (own + 1) % 3;

	pthread_mutex_lock(&forks[first].lock);
	pthread_mutex_lock(&forks[second].lock);
	forks[first].uses++;
	forks[second].uses++;
	pthread_mutex_unlock(&forks[second].lock);
	pthread_mutex_unlock(&forks[first].lock);
	return NULL;
}

static void run(void)
{
	SUITE_RUN(philosopher, philosopher, philosopher);
	for (int i = 0; i < 3; i++)
		scenario_require(forks[i].uses == 2, "a fork has two users");
}

SUITE_MAIN(run);
