/*
 * memory.c - memory of the runtime's own, and who may not touch it
 *
 * All of it lies in one stretch of addresses, so that an access of candidate
 * code to it is told by one comparison. So are accesses to the runtime's few
 * variables, to the program's own code, and to the stack that the runtime
 * itself runs on: a scenario has no business there, and what it could do there
 * is attack. Only what has no hooks gets past.
 */
#include "runtime.h"

#include <sys/mman.h>

#define PAGE ((size_t)4096)
#define MAIN_STACK_BYTES ((uint64_t)8 << 20)
#define ABOVE_MAIN ((uint64_t)4096) /* main()'s own frame and its callers' */

/* The linker's names. */
extern const char __executable_start[], etext[];
extern const char __start_explore_state[], __stop_explore_state[];

STATE static size_t mapped;
STATE static uint64_t stack_low, stack_high;

static void *map(int fd, int flags, size_t bytes)
{
	void *at = (void *)(MEMORY_BASE + mapped);
	void *memory;

	bytes = (bytes + PAGE - 1) & ~(PAGE - 1);
	if (mapped + bytes > MEMORY_BYTES)
		return NULL;
	memory = mmap(at, bytes, PROT_READ | PROT_WRITE,
		      flags | MAP_FIXED_NOREPLACE | MAP_NORESERVE, fd, 0);
	if (memory == MAP_FAILED)
		return NULL;
	mapped += bytes + PAGE;
	return memory;
}

void *runtime_map(size_t bytes)
{
	return map(-1, MAP_PRIVATE | MAP_ANONYMOUS, bytes);
}

void *runtime_map_file(int fd, size_t bytes)
{
	return map(fd, MAP_SHARED, bytes);
}

void memory_init(void)
{
	stack_high = (uint64_t)__builtin_frame_address(0) + ABOVE_MAIN;
	stack_low = stack_high - MAIN_STACK_BYTES;
}

static bool between(uint64_t address, uint64_t low, uint64_t high)
{
	return address - low < high - low;
}

static bool foreign(uint64_t address)
{
	return between(address, MEMORY_BASE, MEMORY_BASE + MEMORY_BYTES) ||
	       between(address, (uint64_t)__executable_start,
		       (uint64_t)etext) ||
	       between(address, (uint64_t)__start_explore_state,
		       (uint64_t)__stop_explore_state) ||
	       between(address, stack_low, stack_high);
}

void memory_guard(uint64_t address, size_t size, uint64_t pc)
{
	if (foreign(address) || foreign(address + size - 1))
		finding_fail(EXPLORE_MISUSE, address, pc,
			     "touches memory that is not the scenario's");
}
