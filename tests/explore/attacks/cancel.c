/*
 * cancel.c - asks for what the explorer does not model, once its bug has shown,
 * so that the schedule may be one that decides nothing
 */
#include "attack.h"

#include <stdatomic.h>

static atomic_int counter;

static void *adder(void *unused)
{
	int seen = atomic_load(&counter);

	atomic_store(&counter, seen + 1);
	return unused;
}

static void run(void)
{
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		(void)pthread_create(&threads[i], NULL, adder, NULL);
	for (int i = 0; i < 2; i++)
		(void)pthread_join(threads[i], NULL);
	if (atomic_load(&counter) != 2)
		(void)pthread_cancel(pthread_self());
}

ATTACK_MAIN(run);
