/*
 * heap.c - see heap.h
 *
 * A block is given by a jump to the real function, so that whoever asks that
 * one where its caller is learns of the submission's line. So a request counts
 * before it is made, and one that no heap can meet is not counted.
 */
#include "heap.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
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

static struct {
	atomic_long blocks;
	atomic_long left; /* that are given yet; only where starved */
	atomic_bool starved;
} heap;

static long add(atomic_long *number, long change)
{
	return atomic_fetch_add_explicit(number, change, memory_order_relaxed);
}

long heap_blocks(void)
{
	return atomic_load_explicit(&heap.blocks, memory_order_relaxed);
}

void heap_starve(long more)
{
	atomic_store(&heap.left, more);
	atomic_store(&heap.starved, true);
}

void heap_feed(void)
{
	atomic_store(&heap.starved, false);
}

static bool refuses(void)
{
	if (!atomic_load_explicit(&heap.starved, memory_order_relaxed) ||
	    add(&heap.left, -1) > 0)
		return false;
	errno = ENOMEM;
	return true;
}

/* Larger than any heap is: never given, so never counted. */
static bool is_absurd(size_t size)
{
	return size > (size_t)1 << 40;
}

static void count(size_t size)
{
	if (!is_absurd(size))
		(void)add(&heap.blocks, 1);
}

void *__wrap_malloc(size_t size)
{
	if (refuses())
		return NULL;
	count(size);
	return __real_malloc(size);
}

void *__wrap_calloc(size_t number, size_t size)
{
	size_t bytes;

	if (refuses())
		return NULL;
	if (!__builtin_mul_overflow(number, size, &bytes))
		count(bytes);
	return __real_calloc(number, size);
}

void *__wrap_realloc(void *block, size_t size)
{
	if (refuses())
		return NULL;
	if (!block)
		count(size);
	return __real_realloc(block, size);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
	if (refuses())
		return NULL;
	count(size);
	return __real_aligned_alloc(alignment, size);
}

int __wrap_posix_memalign(void **ret, size_t alignment, size_t size)
{
	if (refuses())
		return ENOMEM;
	count(size);
	return __real_posix_memalign(ret, alignment, size);
}

void __wrap_free(void *block)
{
	if (block)
		(void)add(&heap.blocks, -1);
	__real_free(block);
}
