/*
 * spin-lock.c - POSIX spin locks, waited for and tried
 */
#include "suite.h"

static pthread_spinlock_t lock;
static int counter;
static int tries;

static void *adder(void *number)
{
	(void)number;
	pthread_spin_lock(&lock);
	counter++;
	pthread_spin_unlock(&lock);
	return NULL;
}

static void *trier(void *number)
{
	(void)number;
	if (!pthread_spin_trylock(&lock)) {
		counter++;
		tries++;
		pthread_spin_unlock(&lock);
	}
	return NULL;
}

static void run(void)
{
	pthread_spin_init(&lock, PTHREAD_PROCESS_PRIVATE);
	SUITE_RUN(adder, trier, adder);
	scenario_require(counter == 2 + tries, "all additions count");
	pthread_spin_destroy(&lock);
}

SUITE_MAIN(run);
