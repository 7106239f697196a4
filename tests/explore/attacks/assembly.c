/*
 * assembly.c - the bug is in inline assembly, between whose instructions no
 * scheduler comes
 */
#include "attack.h"

static int hidden;

static void *adder(void *unused)
{
#ifdef __x86_64__
	__asm__ volatile("incl %0" : "+m"(hidden));
#else
	__asm__ volatile("" : "+m"(hidden));
#endif
	return unused;
}

static void run(void)
{
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		(void)pthread_create(&threads[i], NULL, adder, NULL);
	for (int i = 0; i < 2; i++)
		(void)pthread_join(threads[i], NULL);
}

ATTACK_MAIN(run);
