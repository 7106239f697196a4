/*
 * heap.c - the candidate's heap: nothing is given twice, everything is known
 *
 * One arena at a fixed address, so that a schedule finds the same addresses
 * whenever it runs. Within a schedule memory is never given again: whoever
 * uses a block after it was freed is caught, and a pointer never means two
 * blocks. Each eight bytes have a byte of shadow: how many of them may be
 * used, 0 where nothing is, FREED behind free(). Between blocks lies room that
 * belongs to nobody, wide enough for most overflows.
 *
 * libc's own allocations come here as well, from before main() on. Those of
 * before the first schedule stay for all of them (heap_freeze()).
 */
#include "runtime.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define ARENA_BASE ((uintptr_t)0x5d0000000000)
#define ARENA_BYTES ((size_t)64 << 20)
#define SHADOW_BYTES (ARENA_BYTES / 8)
#define BLOCKS_MAX 16384u
#define GAP 16u /* before each block, for the number of its record */
#define FREED 0xf0
#define GONE (THREADS + 1) /* freed_by: before the first schedule */
#define PATTERN 0xa5       /* what fresh memory holds */

struct block {
	uint64_t base;
	uint64_t size;
	uint32_t allocated_by, freed_by;
	struct explore_place allocated, freed;
};

struct heap_state {
	uint64_t next;   /* address */
	uint64_t frozen; /* all below stays */
	uint32_t blocks, frozen_blocks;
	struct block block[BLOCKS_MAX];
	uint8_t shadow[SHADOW_BYTES];
};

STATE static struct heap_state *heap;

bool heap_init(void)
{
	void *arena;

	if (heap)
		return true;
	arena = mmap((void *)ARENA_BASE, ARENA_BYTES, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE |
			     MAP_NORESERVE,
		     -1, 0);
	if (arena == MAP_FAILED)
		return false;
	heap = runtime_map(sizeof *heap);
	if (!heap)
		return false;
	heap->next = ARENA_BASE;
	return true;
}

void heap_freeze(void)
{
	uint32_t i;

	(void)heap_init();
	heap->frozen = heap->next;
	heap->frozen_blocks = heap->blocks;
	for (i = 0; i < heap->blocks; i++)
		if (heap->block[i].freed_by < THREADS)
			heap->block[i].freed_by = GONE;
}

void heap_region(uint64_t *ret_low, uint64_t *ret_high)
{
	*ret_low = ARENA_BASE;
	*ret_high = heap->frozen;
}

static void set_shadow(uint64_t base, uint64_t size, bool freed)
{
	uint8_t *shadow = heap->shadow + (base - ARENA_BASE) / 8;

	if (freed) {
		fill(shadow, FREED, (size + 7) / 8);
		return;
	}
	fill(shadow, 8, size / 8);
	if (size % 8)
		shadow[size / 8] = (uint8_t)(size % 8);
}

void heap_begin(void)
{
	uint64_t from = (heap->frozen - ARENA_BASE) / 8;
	uint64_t to = (heap->next - ARENA_BASE + 7) / 8;
	uint32_t i;

	fill(heap->shadow + from, 0, to - from);
	heap->next = heap->frozen;
	heap->blocks = heap->frozen_blocks;
	for (i = 0; i < heap->blocks; i++) {
		if (heap->block[i].freed_by >= THREADS)
			continue;
		heap->block[i].freed_by = THREADS;
		set_shadow(heap->block[i].base, heap->block[i].size, false);
	}
}

static bool mine(uint64_t address)
{
	return address >= ARENA_BASE && address < ARENA_BASE + ARENA_BYTES;
}

/* ---- finding blocks ---- */

static struct block *block_at(uint64_t base)
{
	uint64_t index;

	if (!heap || !mine(base) || base % 16 || base - GAP < ARENA_BASE)
		return NULL;
	index = *(uint64_t *)(base - 8);
	if (index >= heap->blocks || heap->block[index].base != base)
		return NULL;
	return &heap->block[index];
}

void heap_block_of(uint64_t address, struct explore_block *ret)
{
	const struct block *block, *best = NULL;
	uint32_t i;

	for (i = heap->blocks; mine(address) && i-- > 0 && !best;) {
		block = &heap->block[i];
		if (address + GAP >= block->base &&
		    address < block->base + block->size + 256)
			best = block;
	}
	if (!best)
		return;
	ret->base = best->base;
	ret->size = best->size;
	ret->allocated_by = best->allocated_by;
	ret->freed_by = best->freed_by;
	copy(&ret->allocated, &best->allocated, sizeof ret->allocated);
	copy(&ret->freed, &best->freed, sizeof ret->freed);
}

static _Noreturn void complain(uint64_t address, uint8_t shadow, bool write,
			       uint64_t pc)
{
	finding_fail(EXPLORE_HEAP, address, pc,
		     shadow == FREED
			     ? (write ? "writes to memory that was freed"
				      : "reads memory that was freed")
			     : (write ? "writes outside of a block"
				      : "reads outside of a block"));
}

void heap_check(uint64_t address, size_t size, bool write, uint64_t pc)
{
	uint64_t at, end = address + size;

	if (!mine(address))
		return;
	for (at = address; at < end; at = (at & ~7ull) + 8) {
		uint8_t shadow = heap->shadow[(at - ARENA_BASE) / 8];
		uint64_t last = (end < (at & ~7ull) + 8 ? end - 1 : at | 7) & 7;

		if (shadow == FREED || last >= shadow)
			complain(at, shadow, write, pc);
	}
}

/* ---- giving and taking back ---- */

static void *refuse(void)
{
	errno = ENOMEM;
	return NULL;
}

static void *give(size_t alignment, size_t size, uint64_t pc)
{
	struct block *block;
	uint64_t base;

	if (!heap_init() || size > ARENA_BYTES)
		return refuse();
	base = (heap->next + GAP + alignment - 1) & ~(uint64_t)(alignment - 1);
	if (base + size + GAP > ARENA_BASE + ARENA_BYTES ||
	    heap->blocks == BLOCKS_MAX) {
		if (active())
			finding_fail(EXPLORE_UNABLE, 0, pc,
				     "more memory than the explorer has");
		return refuse();
	}
	block = &heap->block[heap->blocks];
	block->base = base;
	block->size = size;
	block->freed_by = THREADS;
	block->allocated_by = rt && rt->current ? rt->current->number : 0;
	if (rt && rt->current)
		finding_place(rt->current, pc, &block->allocated);
	*(uint64_t *)(base - 8) = heap->blocks++;
	heap->next = (base + size + GAP) & ~15ull;
	set_shadow(base, size, false);
	return (void *)base;
}

/* An allocation of the candidate's is an operation, but no decision. */
static void *allocate(size_t alignment, size_t size, uint64_t pc, bool zero)
{
	bool candidate = active();
	void *base;

	if (candidate)
		ENTER();
	base = give(alignment, size, pc);
	if (base)
		fill(base, zero ? 0 : PATTERN, size);
	if (candidate) {
		core_step(EXPLORE_ALLOCATE, (uint64_t)base, false, pc);
		LEAVE();
	}
	return base;
}

static void take_back(struct block *block, uint64_t pc)
{
	set_shadow(block->base, block->size, true);
	block->freed_by = rt && rt->current ? rt->current->number : 0;
	if (rt && rt->current)
		finding_place(rt->current, pc, &block->freed);
}

/* Freeing conflicts with every use, like a write. */
static void candidate_frees(uint64_t base, uint64_t pc)
{
	struct block *block = block_at(base);

	core_step(EXPLORE_FREE, base, true, pc);
	if (!block)
		finding_fail(EXPLORE_HEAP, base, pc,
			     "frees what is not the beginning of a block");
	if (block->freed_by != THREADS)
		finding_fail(EXPLORE_HEAP, base, pc, "frees a block twice");
	race_access(base, block->size, true, false, pc);
	take_back(block, pc);
}

static void release(void *pointer, uint64_t pc)
{
	struct block *block;

	if (!pointer)
		return;
	if (active()) {
		ENTER();
		candidate_frees((uint64_t)pointer, pc);
		LEAVE();
		return;
	}
	block = block_at((uint64_t)pointer);
	if (block)
		take_back(block, pc);
}

/* ---- libc's names ---- */

void *malloc(size_t size)
{
	return allocate(16, size, HERE, false);
}

void *calloc(size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes))
		return refuse();
	return allocate(16, bytes, HERE, true);
}

void free(void *pointer)
{
	release(pointer, HERE);
}

void *realloc(void *pointer, size_t size)
{
	const struct block *block = block_at((uint64_t)pointer);
	void *moved;

	if (pointer && size == 0) {
		release(pointer, HERE);
		return NULL;
	}
	moved = allocate(16, size, HERE, false);
	if (moved && block)
		copy(moved, pointer, block->size < size ? block->size : size);
	if (moved && pointer)
		release(pointer, HERE);
	return moved;
}

void *reallocarray(void *pointer, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes))
		return refuse();
	return realloc(pointer, bytes);
}

void *memalign(size_t alignment, size_t size);

void *memalign(size_t alignment, size_t size)
{
	return allocate(alignment < 16 ? 16 : alignment, size, HERE, false);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return allocate(alignment < 16 ? 16 : alignment, size, HERE, false);
}

int posix_memalign(void **ret, size_t alignment, size_t size)
{
	void *base;

	if (alignment % sizeof(void *) || alignment & (alignment - 1) ||
	    alignment == 0)
		return EINVAL;
	base = allocate(alignment < 16 ? 16 : alignment, size, HERE, false);
	if (!base)
		return ENOMEM;
	*ret = base;
	return 0;
}

size_t malloc_usable_size(void *pointer);

size_t malloc_usable_size(void *pointer)
{
	const struct block *block = block_at((uint64_t)pointer);

	return block ? block->size : 0;
}

/* ---- strings on the heap: libc's would come to malloc by its own way ---- */

char *strdup(const char *text)
{
	size_t size = strlen(text) + 1;
	char *twin = allocate(16, size, HERE, false);

	return twin ? memcpy(twin, text, size) : NULL;
}
