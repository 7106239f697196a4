/*
 * overlapping-sizes.c - one thread writes a word, another a byte in its middle
 *
 * Fails: a race in every schedule, between accesses of different addresses.
 */
#include "suite.h"

static union {
	uint64_t whole;
	unsigned char bytes[8];
} word;

static void *of_whole(void *number)
{
	(void)number;
	word.whole = 1;
	return NULL;
}

static void *of_byte(void *number)
{
	(void)number;
	word.bytes[5] = 1;
	return NULL;
}

static void run(void)
{
	SUITE_RUN(of_whole, of_byte);
	scenario_require(word.bytes[0] == 1, "the word is written");
}

SUITE_MAIN(run);
