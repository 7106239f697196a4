/*
 * exec.c - becomes a program that ends well
 */
#include "attack.h"

static void run(void)
{
	static char *const words[] = { "true", NULL };

	(void)execve("/bin/true", words, words + 1);
	attack_bug();
}

ATTACK_MAIN(run);
