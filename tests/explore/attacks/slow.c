/*
 * slow.c - computes in each schedule for just so long that nobody takes it for a
 * loop, until the time of whoever waits for a verdict is over
 */
#include "attack.h"

#define ROUNDS 150000000

static void run(void)
{
	uint64_t number = 1;

	for (int i = 0; i < ROUNDS; i++)
		number = number * 6364136223846793005u + 1;
	if (number % 2 == 0)
		attack_bug();
}

ATTACK_MAIN(run);
