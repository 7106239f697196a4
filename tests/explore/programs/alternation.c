/*
 * alternation.c - two threads take turns by an atomic number that both spin on,
 * and write plain data in between
 */
#include "suite.h"

#include <assert.h>
#include <stdatomic.h>

static atomic_int turn;
static int log_of[4];
static int length;

static void *player(void *number)
{
	int own = suite_number(number);

	for (int i = 0; i < 2; i++) {
		while (atomic_load_explicit(&turn, memory_order_acquire) != own)
			;
		log_of[length++] = own;
		atomic_store_explicit(&turn, !own, memory_order_release);
	}
	return NULL;
}

static void run(void)
{
	SUITE_RUN(player, player);
	assert(length == 4);
	for (int i = 0; i < 4; i++)
		assert(log_of[i] == i % 2);
}

SUITE_MAIN(run);
