/*
 * exit-thread-raw.c - ends the thread of the kernel's that it runs on, and
 * leaves the process without anybody who goes on
 */
#include "attack.h"

static void run(void)
{
	attack_call(SYS_exit, 0, 0, 0, 0);
	attack_bug();
}

ATTACK_MAIN(run);
