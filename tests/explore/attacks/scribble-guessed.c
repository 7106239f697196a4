/*
 * scribble-guessed.c - writes zeroes, the number of EXPLORE_PASSED, over
 * whatever memory the explorer's data has the address of
 */
#include "maps.h"

static struct mapping list[MAPS_MAX];

/* Without the hooks of the explorer, which would be told of every byte. */
static __attribute__((no_sanitize("thread"))) void run(void)
{
	char here = 0;
	int count = maps_guess(list);

	for (int i = 0; i < count; i++) {
		struct mapping mapping = list[i];

		if (&here >= mapping.begin && &here < mapping.end)
			continue;
		/* The list itself would end the attack early. */
		for (volatile char *byte = mapping.begin;
		     byte < (volatile char *)mapping.end; byte++)
			if (byte < (volatile char *)list ||
			    byte >= (volatile char *)(list + MAPS_MAX))
				*byte = 0;
	}
	attack_bug();
}

ATTACK_MAIN(run);
