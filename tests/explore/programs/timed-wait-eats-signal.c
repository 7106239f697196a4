/*
 * timed-wait-eats-signal.c - a waiter that was told to give up does so without
 * handing on the signal that woke it
 *
 * Fails: both wait, the quitter first; it gets the signal, but is cancelled
 * before it has the lock again, leaves, and the other sleeps beside the token.
 */
#include "suite.h"

#include <time.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t given = PTHREAD_COND_INITIALIZER;
static int tokens;
static int cancelled;
static int quitter_took;

static void *quitter(void *number)
{
	(void)number;
	pthread_mutex_lock(&lock);
	while (!tokens && !cancelled) {
		struct timespec until;

		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec++;
		(void)pthread_cond_timedwait(&given, &lock, &until);
	}
	if (!cancelled) {
		tokens--;
		quitter_took = 1;
	}
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void *stayer(void *number)
{
	(void)number;
	pthread_mutex_lock(&lock);
	while (!tokens)
		pthread_cond_wait(&given, &lock);
	tokens--;
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void give(void)
{
	pthread_mutex_lock(&lock);
	tokens++;
	pthread_cond_signal(&given);
	pthread_mutex_unlock(&lock);
}

static void run(void)
{
	pthread_t first = suite_start(quitter, 0);
	pthread_t second = suite_start(stayer, 1);

	give();
	pthread_mutex_lock(&lock);
	cancelled = 1; /* the quitter looks once a second */
	pthread_mutex_unlock(&lock);
	suite_join(first);
	if (quitter_took)
		give();
	suite_join(second);
}

SUITE_MAIN(run);
