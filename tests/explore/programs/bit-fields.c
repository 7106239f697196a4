/*
 * bit-fields.c - two threads write two bit-fields of one unit
 *
 * Fails: one thread loads the unit, the other writes its field, the first
 * writes the unit back; a race in every schedule.
 */
#include "suite.h"

static struct {
	unsigned low : 4;
	unsigned high : 4;
} word;

static void *first(void *number)
{
	(void)number;
	word.low = 5;
	return NULL;
}

static void *second(void *number)
{
	(void)number;
	word.high = 9;
	return NULL;
}

static void run(void)
{
	SUITE_RUN(first, second);
	scenario_require(word.low == 5 && word.high == 9, "both are written");
}

SUITE_MAIN(run);
