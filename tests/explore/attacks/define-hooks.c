/*
 * define-hooks.c - defines the hooks for accesses of four bytes itself, so that
 * the explorer's are not called
 */
#include "attack.h"

void __tsan_read4(void *address);
void __tsan_write4(void *address);

void __tsan_read4(void *address)
{
	(void)address;
}

void __tsan_write4(void *address)
{
	(void)address;
}

static void run(void)
{
	attack_bug();
}

ATTACK_MAIN(run);
