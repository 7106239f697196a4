/*
 * scribble-stack.c - writes zeroes over the frames of who called the scenario
 */
#include "attack.h"

static __attribute__((no_sanitize("thread"))) void run(void)
{
	volatile char *frame = __builtin_frame_address(0);

	attack_bug();
	for (int i = 16; i < 4096; i++)
		frame[i] = 0;
}

ATTACK_MAIN(run);
