/*
 * scribble-maps.c - writes zeroes, the number of EXPLORE_PASSED, over all
 * memory but its own stack
 */
#include "maps.h"

static struct mapping list[MAPS_MAX];

/* Without the hooks of the explorer, which would be told of every byte. */
static __attribute__((no_sanitize("thread"))) void run(void)
{
	char here = 0;
	int count = maps_read(list);

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
