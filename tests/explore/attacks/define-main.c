/*
 * define-main.c - has a main() of its own, which would come before the
 * explorer's
 */
#include "attack.h"

static void run(void)
{
	attack_bug();
}

ATTACK_MAIN(run);

int main(void)
{
	return 0;
}
