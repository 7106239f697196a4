/*
 * timeout-loses-item.c - a timeout is believed, though the item came between it
 * and the lock
 *
 * Fails: the wait's time is up, the giver hands its item to the slot of the one
 * who still counts as waiting, which then leaves without looking.
 */
#include "suite.h"

#include <errno.h>
#include <time.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t handed = PTHREAD_COND_INITIALIZER;
static int waiting;
static int slot;
static int delivered;
static int received;

static void *taker(void *number)
{
	struct timespec until;

	(void)number;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&lock);
	waiting = 1;
	while (!slot)
		if (pthread_cond_timedwait(&handed, &lock, &until) == ETIMEDOUT)
			goto out;
	received = slot;
out:
	waiting = 0;
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void *giver(void *number)
{
	struct timespec pause = { .tv_nsec = 1000000 };

	(void)number;
	nanosleep(&pause, NULL);
	pthread_mutex_lock(&lock);
	if (waiting) {
		slot = 7;
		delivered = 7;
		pthread_cond_signal(&handed);
	}
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void run(void)
{
	SUITE_RUN(taker, giver);
	scenario_require(received == delivered, "what is delivered arrives");
}

SUITE_MAIN(run);
