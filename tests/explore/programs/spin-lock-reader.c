/*
 * spin-lock-reader.c - writers lock, the reader thinks that it need not
 *
 * Fails: the reader comes between the two writes; a race in every schedule.
 */
#include "suite.h"

static pthread_spinlock_t lock;
static int a, b;

static void *writer(void *number)
{
	(void)number;
	pthread_spin_lock(&lock);
	a++;
	b++;
	pthread_spin_unlock(&lock);
	return NULL;
}

static void *reader(void *number)
{
	(void)number;
	scenario_require(a == b, "no writer is halfway");
	return NULL;
}

static void run(void)
{
	pthread_spin_init(&lock, PTHREAD_PROCESS_PRIVATE);
	SUITE_RUN(writer, reader);
	pthread_spin_destroy(&lock);
}

SUITE_MAIN(run);
