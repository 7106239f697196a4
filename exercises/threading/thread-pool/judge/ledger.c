/*
 * ledger.c - see ledger.h
 *
 * What a block is given with is a jump to the real function, so that whoever
 * asks that one where its caller is learns of the submission's line. So all
 * counting comes first, and a request that fails counts as a block: what does
 * not get its memory is not asked about leaks.
 */
#include "ledger.h"

#include <stdatomic.h>
#include <stdlib.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
int __real_posix_memalign(void **ret, size_t alignment, size_t size);
void __real_free(void *block);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
int __wrap_posix_memalign(void **ret, size_t alignment, size_t size);
void __wrap_free(void *block);

static atomic_long blocks;

static void count(long change)
{
	atomic_fetch_add_explicit(&blocks, change, memory_order_relaxed);
}

long ledger_blocks(void)
{
	return atomic_load_explicit(&blocks, memory_order_relaxed);
}

void *__wrap_malloc(size_t size)
{
	count(1);
	return __real_malloc(size);
}

void *__wrap_calloc(size_t number, size_t size)
{
	count(1);
	return __real_calloc(number, size);
}

void *__wrap_realloc(void *block, size_t size)
{
	if (!block)
		count(1);
	return __real_realloc(block, size);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
	count(1);
	return __real_aligned_alloc(alignment, size);
}

int __wrap_posix_memalign(void **ret, size_t alignment, size_t size)
{
	count(1);
	return __real_posix_memalign(ret, alignment, size);
}

void __wrap_free(void *block)
{
	if (block)
		count(-1);
	__real_free(block);
}
