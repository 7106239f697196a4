/*
 * timeout-looks-again.c - after a timeout the slot decides, not the clock; and
 * a timeout does not come before its time
 */
#include "suite.h"

#include <errno.h>
#include <time.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t handed;
static int waiting;
static int slot;
static int delivered;
static int received;

static int is_before(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec < b->tv_sec ||
	       (a->tv_sec == b->tv_sec && a->tv_nsec < b->tv_nsec);
}

static void *taker(void *number)
{
	struct timespec until;
	int result = 0;

	(void)number;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&lock);
	waiting = 1;
	while (!slot && result != ETIMEDOUT)
		result = pthread_cond_timedwait(&handed, &lock, &until);
	received = slot;
	waiting = 0;
	pthread_mutex_unlock(&lock);
	if (result == ETIMEDOUT) {
		struct timespec now;

		clock_gettime(CLOCK_MONOTONIC, &now);
		scenario_require(!is_before(&now, &until),
				 "a timeout is not early");
	}
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
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&handed, &attributes);
	pthread_condattr_destroy(&attributes);
	SUITE_RUN(taker, giver);
	scenario_require(received == delivered, "what is delivered arrives");
	pthread_cond_destroy(&handed);
}

SUITE_MAIN(run);
