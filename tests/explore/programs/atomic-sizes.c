/*
 * atomic-sizes.c - atomics of one to eight bytes, beside each other, with every
 * operation that C11 has
 */
#include "suite.h"

#include <stdatomic.h>
#include <stdbool.h>

static struct {
	atomic_uchar byte;
	atomic_bool taken;
	atomic_ushort half;
	atomic_uint word;
	atomic_ullong whole;
} shared;

static void *user(void *number)
{
	unsigned own = (unsigned)suite_number(number);
	unsigned long long seen = 0;

	atomic_fetch_add(&shared.byte, 3);
	atomic_fetch_sub(&shared.byte, 1);
	atomic_fetch_or_explicit(&shared.half, (unsigned short)(1u << own),
				 memory_order_relaxed);
	atomic_fetch_xor(&shared.word, 0x11u << own);
	atomic_fetch_and(&shared.word, ~(1u << own));
	while (!atomic_compare_exchange_weak(&shared.whole, &seen,
					     seen + (1ull << 40)))
		;
	atomic_signal_fence(memory_order_seq_cst);
	if (!atomic_exchange(&shared.taken, true))
		atomic_fetch_add(&shared.whole, 1);
	return NULL;
}

static void run(void)
{
	SUITE_RUN(user, user, user);
	scenario_require(atomic_load(&shared.byte) == 6, "bytes");
	scenario_require(atomic_load(&shared.half) == 7, "halves");
	scenario_require(atomic_load(&shared.word) == 0x70, "words");
	scenario_require(atomic_load(&shared.whole) == (3ull << 40) + 1,
			 "double words, and one who was first");
}

SUITE_MAIN(run);
