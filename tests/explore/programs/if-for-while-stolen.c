/*
 * if-for-while-stolen.c - who was woken for an item takes it for granted
 *
 * Fails: taker 1 waits, the giver signals, taker 2 comes to the lock first and
 * has the item; taker 1 wakes and takes another.
 */
#include "suite.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER;
static int items;
static int over; /* the giver is done, nothing more to wait for */

static void *taker(void *number)
{
	(void)number;
	pthread_mutex_lock(&lock);
	if (!items && !over)
		pthread_cond_wait(&filled, &lock);
	if (items || !over) {
		scenario_require(items > 0, "there is an item to take");
		items--;
	}
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void *giver(void *number)
{
	(void)number;
	pthread_mutex_lock(&lock);
	items = 1;
	pthread_cond_signal(&filled);
	pthread_mutex_unlock(&lock);
	pthread_mutex_lock(&lock);
	over = 1;
	pthread_cond_broadcast(&filled);
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void run(void)
{
	SUITE_RUN(taker, taker, giver);
}

SUITE_MAIN(run);
