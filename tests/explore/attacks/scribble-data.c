/*
 * scribble-data.c - writes zeroes over the program's data, the explorer's
 * statics among it
 */
#include "attack.h"

extern char __data_start[], _end[];

/* Without the hooks of the explorer, which would be told of every byte. */
static __attribute__((no_sanitize("thread"))) void run(void)
{
	for (volatile char *byte = __data_start; byte < _end; byte++)
		*byte = 0;
	attack_bug();
}

ATTACK_MAIN(run);
