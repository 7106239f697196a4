/*
 * define-require.c - defines scenario_require() itself, as one that never fails
 */
#include "attack.h"

void scenario_require(int holds, const char *text)
{
	(void)holds;
	(void)text;
}

static void run(void)
{
	attack_bug();
}

ATTACK_MAIN(run);
