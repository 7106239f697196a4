/*
 * heap-recycled.c - what one thread frees another may get: the same address,
 * but not the same object
 */
#include "suite.h"

#include <stdlib.h>

/* Out of the compiler's sight, which would do without the blocks. */
#ifdef __clang__
#define NOT_SEEN __attribute__((noinline, optnone))
#else
#define NOT_SEEN __attribute__((noipa))
#endif

static NOT_SEEN void fill(int *block, int value)
{
	for (int i = 0; i < 6; i++)
		block[i] = value + i;
}

static NOT_SEEN int is_filled(const int *block, int value)
{
	return block[0] == value && block[5] == value + 5;
}

static void *user(void *number)
{
	for (int i = 0; i < 3; i++) {
		int *block = malloc(24);

		scenario_require(block != NULL, "memory");
		fill(block, suite_number(number) * 10 + i);
		scenario_require(
			is_filled(block, suite_number(number) * 10 + i),
			"a block is its owner's");
		free(block);
	}
	return NULL;
}

static void *zeroer(void *number)
{
	int *block = calloc(6, sizeof(*block));

	(void)number;
	scenario_require(block != NULL, "memory");
	for (int i = 0; i < 6; i++)
		scenario_require(!block[i], "calloc() gives zeroes");
	fill(block, 1);
	free(block);
	return NULL;
}

static void run(void)
{
	SUITE_RUN(user, user, zeroer);
}

SUITE_MAIN(run);
