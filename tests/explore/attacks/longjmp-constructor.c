/*
 * longjmp-constructor.c - jumps out of the scenario, to where the program was
 * before the explorer had begun
 */
#include "attack.h"

#include <setjmp.h>

static jmp_buf before_main;

static __attribute__((constructor)) void prepare(void)
{
	(void)setjmp(before_main);
}

static void run(void)
{
	longjmp(before_main, 1);
}

ATTACK_MAIN(run);
