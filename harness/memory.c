/*
 * memory.c - see memory.h
 *
 * jansson and libuv take allocation functions of ours. libarchive takes none:
 * in places it prints a line and calls exit(1), which to us would be "done,
 * and not everything passed"; a handler then says what it was and leaves with
 * the right status.
 */
#include "memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include <jansson.h>
#include <uv.h>

#include <assay/cleanup.h>

static bool in_library;

static void *enough_malloc(size_t size)
{
	void *memory = malloc(size);

	ENOUGH(memory || size == 0);
	return memory;
}

static void *enough_calloc(size_t count, size_t size)
{
	void *memory = calloc(count, size);

	ENOUGH(memory || count == 0 || size == 0);
	return memory;
}

static void *enough_realloc(void *memory, size_t size)
{
	void *longer = realloc(memory, size);

	ENOUGH(longer || size == 0);
	return longer;
}

static void at_exit(void)
{
	if (in_library)
		out_of_memory(__FILE__, __LINE__);
}

void memory_init(void)
{
	json_set_alloc_funcs(enough_malloc, free);
	(void)uv_replace_allocator(enough_malloc, enough_realloc, enough_calloc,
				   free);
	ENOUGH(atexit(at_exit) == 0);
}

void memory_library_enter(void)
{
	in_library = true;
}

void memory_library_leave(void)
{
	in_library = false;
}
