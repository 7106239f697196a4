/*
 * hooks.c - what gcc -fsanitize=thread calls: accesses and functions
 *
 * A hook comes right before its access, and nothing of the explorer comes
 * between the two: when the hook returns, the access is done before anybody
 * else runs. Signatures are gcc's (gcc/sanitizer.def, gcc/tsan.cc). Functions
 * of libc that read or write memory for the candidate are not instrumented;
 * the usual ones stand here.
 */
#include "runtime.h"

#include <string.h>

/* These belong to the compiler: no header declares them. */
#pragma GCC diagnostic ignored "-Wmissing-prototypes"

static inline void look(uint64_t address, size_t size, bool write, uint64_t pc)
{
	ENTER();
	core_step(write ? EXPLORE_WRITE : EXPLORE_READ, address, write, pc);
	memory_guard(address, size, pc);
	heap_check(address, size, write, pc);
	race_access(address, size, write, false, pc);
	if (write)
		atomics_plain_write(address, size);
	else if (rt->command.flags & EXPLORE_LOG && rt->events && size <= 8)
		copy(&rt->event[rt->events - 1].value, (const void *)address,
		     size);
	LEAVE();
}

#define ACCESS(name, size, write)                                   \
	void name(void *address)                                    \
	{                                                           \
		if (active())                                       \
			look((uint64_t)address, size, write, HERE); \
	}

ACCESS(__tsan_read1, 1, false)
ACCESS(__tsan_read2, 2, false)
ACCESS(__tsan_read4, 4, false)
ACCESS(__tsan_read8, 8, false)
ACCESS(__tsan_read16, 16, false)
ACCESS(__tsan_write1, 1, true)
ACCESS(__tsan_write2, 2, true)
ACCESS(__tsan_write4, 4, true)
ACCESS(__tsan_write8, 8, true)
ACCESS(__tsan_write16, 16, true)
ACCESS(__tsan_unaligned_read2, 2, false)
ACCESS(__tsan_unaligned_read4, 4, false)
ACCESS(__tsan_unaligned_read8, 8, false)
ACCESS(__tsan_unaligned_read16, 16, false)
ACCESS(__tsan_unaligned_write2, 2, true)
ACCESS(__tsan_unaligned_write4, 4, true)
ACCESS(__tsan_unaligned_write8, 8, true)
ACCESS(__tsan_unaligned_write16, 16, true)
ACCESS(__tsan_volatile_read1, 1, false)
ACCESS(__tsan_volatile_read2, 2, false)
ACCESS(__tsan_volatile_read4, 4, false)
ACCESS(__tsan_volatile_read8, 8, false)
ACCESS(__tsan_volatile_write1, 1, true)
ACCESS(__tsan_volatile_write2, 2, true)
ACCESS(__tsan_volatile_write4, 4, true)
ACCESS(__tsan_volatile_write8, 8, true)

void __tsan_read_range(void *address, size_t size)
{
	if (active() && size)
		look((uint64_t)address, size, false, HERE);
}

void __tsan_write_range(void *address, size_t size)
{
	if (active() && size)
		look((uint64_t)address, size, true, HERE);
}

void __tsan_vptr_update(void **address, void *value)
{
	if (active() && *address != value)
		look((uint64_t)address, sizeof *address, true, HERE);
}

void __tsan_vptr_read(void **address)
{
	if (active())
		look((uint64_t)address, sizeof *address, false, HERE);
}

void __tsan_init(void)
{
}

void __tsan_func_entry(void *caller)
{
	struct fiber *self;

	if (!active())
		return;
	self = rt->current;
	if (self->depth < STACK_DEPTH)
		self->calls[self->depth] = (uint64_t)caller;
	self->depth++;
}

void __tsan_func_exit(void)
{
	if (active() && rt->current->depth > 0)
		rt->current->depth--;
}

/* ---- memory and strings, in libc's place ---- */

static void reads(const void *from, size_t size, uint64_t pc)
{
	if (active() && size)
		look((uint64_t)from, size, false, pc);
}

static void writes(void *to, size_t size, uint64_t pc)
{
	if (active() && size)
		look((uint64_t)to, size, true, pc);
}

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
	reads(from, size, HERE);
	writes(to, size, HERE);
	copy(to, from, size);
	return to;
}

void *memmove(void *to, const void *from, size_t size)
{
	uint8_t *last = (uint8_t *)to + size;
	const uint8_t *source = (const uint8_t *)from + size;

	reads(from, size, HERE);
	writes(to, size, HERE);
	if ((uintptr_t)to - (uintptr_t)from >= size) {
		copy(to, from, size);
		return to;
	}
	while (size-- > 0)
		*--last = *--source;
	return to;
}

void *memset(void *to, int byte, size_t size)
{
	writes(to, size, HERE);
	fill(to, byte, size);
	return to;
}

int memcmp(const void *one, const void *other, size_t size)
{
	const uint8_t *a = one, *b = other;

	reads(one, size, HERE);
	reads(other, size, HERE);
	for (; size > 0; size--, a++, b++)
		if (*a != *b)
			return *a < *b ? -1 : 1;
	return 0;
}

size_t strlen(const char *text)
{
	size_t size = 0;

	while (text[size])
		size++;
	reads(text, size + 1, HERE);
	return size;
}

int strcmp(const char *one, const char *other)
{
	size_t i = 0;

	while (one[i] && one[i] == other[i])
		i++;
	reads(one, i + 1, HERE);
	reads(other, i + 1, HERE);
	return (unsigned char)one[i] - (unsigned char)other[i];
}

#undef strcpy
char *strcpy(char *restrict to, const char *restrict from)
{
	size_t size = 0;

	while (from[size])
		size++;
	reads(from, size + 1, HERE);
	writes(to, size + 1, HERE);
	copy(to, from, size + 1);
	return to;
}

#undef strncpy
char *strncpy(char *restrict to, const char *restrict from, size_t size)
{
	size_t used = 0;

	while (used < size && from[used])
		used++;
	reads(from, used < size ? used + 1 : used, HERE);
	writes(to, size, HERE);
	copy(to, from, used);
	fill(to + used, 0, size - used);
	return to;
}
