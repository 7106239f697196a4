/*
 * exit-plain.c - leaves by exit(0) before its bug, like a program that is done
 */
#include "attack.h"

#include <stdlib.h>

static void run(void)
{
	/* Not for the compiler to leave out what follows. */
	if (!attack_counter)
		exit(0);
	attack_bug();
}

ATTACK_MAIN(run);
