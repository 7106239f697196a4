/*
 * once.c - pthread_once() runs one thread's initialisation, and all others wait
 * for it
 */
#include "suite.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int made;

static void make(void)
{
	made++;
}

static void *user(void *number)
{
	(void)number;
	pthread_once(&once, make);
	scenario_require(made == 1, "it is made once");
	return NULL;
}

static void run(void)
{
	SUITE_RUN(user, user, user);
}

SUITE_MAIN(run);
