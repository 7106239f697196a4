/*
 * snapshot.c - all writable memory of the program, put back for each schedule
 *
 * That is the writable segments of the program and of the libraries it was
 * linked with, without what is read-only after relocation; the heap of before
 * the first schedule; and each thread's own variables. The dynamic linker's
 * own data changes only when threads or libraries come and go, which they do
 * not, and is left alone. The runtime's state is not among it: it lies in
 * mappings of its own (memory.c).
 */
#include "runtime.h"

#include <link.h>
#include <string.h>

#define REGIONS_MAX 64

struct region {
	uint8_t *at;
	uint8_t *saved;
	size_t bytes;
};

struct snapshot_state {
	uint32_t regions;
	struct region region[REGIONS_MAX];
};

static bool add(uint64_t low, uint64_t high)
{
	struct snapshot_state *state = rt->snapshot;
	struct region *region = &state->region[state->regions];

	if (low >= high)
		return true;
	if (state->regions == REGIONS_MAX)
		return false;
	region->at = (uint8_t *)low;
	region->bytes = high - low;
	region->saved = runtime_map(region->bytes);
	if (!region->saved)
		return false;
	copy(region->saved, region->at, region->bytes);
	state->regions++;
	return true;
}

static bool is_linker(const struct dl_phdr_info *info)
{
	return strstr(info->dlpi_name, "ld-linux") ||
	       strstr(info->dlpi_name, "linux-vdso");
}

/* Pages that the linker made read-only: the segment of that name covers the
 * start of a writable one (ld's -z relro). */
static uint64_t end_of_relro(const struct dl_phdr_info *info, uint64_t low,
			     uint64_t high)
{
	int i;

	for (i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *header = &info->dlpi_phdr[i];
		uint64_t start = info->dlpi_addr + header->p_vaddr;
		uint64_t end = (start + header->p_memsz) & ~4095ull;

		if (header->p_type == PT_GNU_RELRO && start >= low &&
		    start < high && end > low)
			return end;
	}
	return low;
}

static int add_object(struct dl_phdr_info *info, size_t size, void *data)
{
	bool *ok = data;
	int i;

	(void)size;
	if (is_linker(info))
		return 0;
	for (i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *header = &info->dlpi_phdr[i];
		uint64_t low = info->dlpi_addr + header->p_vaddr;
		uint64_t high = low + header->p_memsz;

		if (header->p_type != PT_LOAD || !(header->p_flags & PF_W))
			continue;
		low = end_of_relro(info, low, high);
		*ok = *ok && add(low, high);
	}
	return 0;
}

bool snapshot_take(void)
{
	uint64_t low, high;
	bool ok = true;
	uint32_t i;

	rt->snapshot = runtime_map(sizeof *rt->snapshot);
	if (!rt->snapshot)
		return false;
	heap_freeze();
	(void)dl_iterate_phdr(add_object, &ok);
	heap_region(&low, &high);
	ok = ok && add(low, high);
	for (i = 0; i < rt->pool; i++)
		ok = ok &&
		     add(rt->fibers[i].tls_low, rt->fibers[i].context.tls);
	return ok;
}

/* Thread-local variables of those that did not run need no restoring, but
 * they are few bytes. */
void snapshot_restore(void)
{
	const struct snapshot_state *state = rt->snapshot;
	uint32_t i;

	for (i = 0; i < state->regions; i++)
		copy(state->region[i].at, state->region[i].saved,
		     state->region[i].bytes);
}
