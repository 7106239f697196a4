/*
 * rwlock.c - readers together, writers alone, and tries that may fail
 */
#include "suite.h"

#include <errno.h>

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static int a, b;

static void *reader(void *number)
{
	(void)number;
	pthread_rwlock_rdlock(&lock);
	scenario_require(a == b, "no writer is halfway");
	pthread_rwlock_unlock(&lock);
	return NULL;
}

static void *writer(void *number)
{
	(void)number;
	pthread_rwlock_wrlock(&lock);
	a++;
	b++;
	pthread_rwlock_unlock(&lock);
	return NULL;
}

static void *trier(void *number)
{
	int result = pthread_rwlock_trywrlock(&lock);

	(void)number;
	if (!result) {
		a++;
		b++;
		pthread_rwlock_unlock(&lock);
	}
	scenario_require(!result || result == EBUSY, "held by somebody");
	result = pthread_rwlock_tryrdlock(&lock);
	if (!result) {
		scenario_require(a == b, "no writer is halfway");
		pthread_rwlock_unlock(&lock);
	}
	scenario_require(!result || result == EBUSY, "held by a writer");
	return NULL;
}

static void run(void)
{
	SUITE_RUN(reader, writer, trier, reader);
	scenario_require(a == b && a >= 1 && a <= 2, "the writes count");
}

SUITE_MAIN(run);
