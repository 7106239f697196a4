/*
 * thread-key-destructor.c - a key's destructor runs at the end of each thread
 * that has a value, before it is joined
 */
#include "suite.h"

#include <stdlib.h>

static pthread_key_t key;
static int destroyed[2];

static void destroy(void *value)
{
	int *own = value;

	destroyed[*own] = 1;
	free(own);
}

static void *user(void *number)
{
	int *own = malloc(sizeof(*own));

	scenario_require(own != NULL, "memory");
	*own = suite_number(number);
	pthread_setspecific(key, own);
	return NULL;
}

static void run(void)
{
	pthread_key_create(&key, destroy);
	SUITE_RUN(user, user);
	scenario_require(destroyed[0] && destroyed[1], "both are destroyed");
	pthread_key_delete(key);
}

SUITE_MAIN(run);
