/*
 * adjacent-bytes.c - threads that write neighbouring bytes, and bit-fields of
 * different units, of one word do not meet (C11 3.14)
 */
#include "suite.h"

static struct {
	unsigned char bytes[4];
	short half;
	unsigned low : 4;
	unsigned : 0; /* ends the unit */
	unsigned high : 4;
} word;

static void *first(void *number)
{
	(void)number;
	for (unsigned char i = 1; i < 3; i++) {
		word.bytes[0] = i;
		word.bytes[2] = i;
		word.low = i & 15u;
	}
	return NULL;
}

static void *second(void *number)
{
	(void)number;
	for (unsigned char i = 1; i < 3; i++) {
		word.bytes[1] = i;
		word.high = i & 15u;
	}
	return NULL;
}

static void *third(void *number)
{
	(void)number;
	word.bytes[3] = 2;
	word.half = 2;
	return NULL;
}

static void run(void)
{
	SUITE_RUN(first, second, third);
	for (int i = 0; i < 4; i++)
		scenario_require(word.bytes[i] == 2, "each byte is written");
	scenario_require(word.half == 2 && word.low == 2 && word.high == 2,
			 "and each field");
}

SUITE_MAIN(run);
