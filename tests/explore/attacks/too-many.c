/*
 * too-many.c - has more threads than the explorer has room for, so that every
 * schedule is one that decides nothing
 */
#include "attack.h"

#define THREADS 64

static void *nothing(void *unused)
{
	return unused;
}

static void run(void)
{
	static pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		(void)pthread_create(&threads[i], NULL, nothing, NULL);
	for (int i = 0; i < THREADS; i++)
		(void)pthread_join(threads[i], NULL);
}

ATTACK_MAIN(run);
