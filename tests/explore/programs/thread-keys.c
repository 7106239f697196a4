/*
 * thread-keys.c - each thread has its own value of a key, NULL at first
 */
#include "suite.h"

static pthread_key_t key;
static int values[3];

static void *user(void *number)
{
	int *own = &values[suite_number(number)];

	scenario_require(!pthread_getspecific(key), "NULL at first");
	pthread_setspecific(key, own);
	for (int i = 0; i < 2; i++) {
		int *seen = pthread_getspecific(key);

		scenario_require(seen == own, "its own");
		++*seen;
	}
	return NULL;
}

static void run(void)
{
	pthread_key_create(&key, NULL);
	SUITE_RUN(user, user, user);
	scenario_require(!pthread_getspecific(key), "not the scenario's");
	scenario_require(values[0] + values[1] + values[2] == 6, "all count");
	pthread_key_delete(key);
}

SUITE_MAIN(run);
