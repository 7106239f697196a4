/*
 * unaligned.c - words at odd addresses, which share what is aligned around
 * them, but no byte
 */
#include "suite.h"

static struct __attribute__((packed)) {
	char tag;
	uint32_t first;
	uint64_t second;
	uint16_t third;
} record __attribute__((aligned(8)));

static void *of_first(void *number)
{
	(void)number;
	for (unsigned i = 1; i < 3; i++)
		record.first += i;
	return NULL;
}

static void *of_second(void *number)
{
	(void)number;
	for (unsigned i = 1; i < 3; i++)
		record.second += i;
	return NULL;
}

static void *of_third(void *number)
{
	(void)number;
	record.tag = 3;
	record.third = 3;
	return NULL;
}

static void run(void)
{
	SUITE_RUN(of_first, of_second, of_third);
	scenario_require(record.first == 3 && record.second == 3 &&
				 record.third == 3 && record.tag == 3,
			 "each is written");
}

SUITE_MAIN(run);
