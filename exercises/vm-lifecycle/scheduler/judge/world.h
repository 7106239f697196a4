/*
 * world.h - the fleet, and what placement holds of it
 *
 * Every host has two usages: the truth, which rivals change whenever they
 * like, and what the scheduler has been told, which is all it can be judged
 * by. A claim that comes through had the newest generation, so then both are
 * the same; a rival only ever takes between two tellings. So what was told
 * never shows less room than there is.
 *
 * Nothing here talks or judges: lines.h and rules.h do.
 */
#ifndef SCHEDULER_WORLD_H
#define SCHEDULER_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HOSTS_MAX 5000u
#define NODES_MAX 4u
#define STRANGERS_MAX 16u /* members of one group that others have placed */
#define EXCLUDES_MAX 8u
#define ALTERNATES_MAX 7u
#define GROUPS_MAX 8u
#define CELLS_MAX 4u

enum resource { VCPU, MEM, DISK, RESOURCES };

struct amounts {
	int64_t of[RESOURCES];
};

struct inventory {
	int64_t total, reserved;
	int64_t quarters; /* the ratio, in quarters: exact in any arithmetic */
	int64_t min, max, step;
};

struct node {
	int64_t vcpu, mem;
};

struct usage {
	uint64_t gen;
	struct amounts used;
	struct node nodes[NODES_MAX];
};

struct host {
	unsigned number; /* host 3 is called h3 */
	unsigned cell;
	unsigned arch;   /* index into arch_names */
	unsigned traits; /* bits, as trait_names */
	bool up;
	struct inventory inv[RESOURCES];
	unsigned node_count;
	struct node nodes[NODES_MAX];
	struct usage truth, told;
};

/* What a request asks of each of its VMs. */
struct spec {
	struct amounts res;
	int arch; /* -1: any */
	unsigned required, forbidden;
	unsigned excludes[EXCLUDES_MAX];
	unsigned exclude_count;
	int group; /* -1: none */
	unsigned numa; /* nodes to be divided between; 0: not pinned */
	unsigned attempts;
};

enum group_rule { AFFINITY, ANTI_AFFINITY };

struct group {
	bool told; /* there is one of this number */
	enum group_rule rule;
	unsigned max; /* of a group with anti-affinity, on one host */
	unsigned strangers[STRANGERS_MAX]; /* numbers of hosts */
	unsigned stranger_count;
};

struct allocation {
	struct host *host; /* NULL: there is none */
	struct amounts res;
	unsigned nodes[NODES_MAX];
	unsigned node_count;
};

struct vm {
	bool placed;
	struct spec spec;
	struct allocation own;  /* held by the VM itself */
	struct allocation held; /* by the move that is not confirmed yet */
	unsigned move;          /* number of that move's job; 0: none */
	unsigned alternates[ALTERNATES_MAX];
	unsigned alternate_count;
};

struct world {
	struct host *hosts; /* in the order in which they are told */
	size_t host_count;
	struct vm *vms; /* VM 3 is called v3 */
	size_t vm_count;
	struct group groups[GROUPS_MAX];
	struct host **by_number; /* [HOSTS_MAX + 1] */
};

extern const char *const arch_names[];
extern const char *const trait_names[];
extern const char *const resource_names[RESOURCES];
#define ARCHES 2u
#define TRAITS 4u

/** Copies @hosts; VMs are numbered from 1 to @vm_count. */
void world_init(struct world *world, const struct host *hosts,
		size_t host_count, size_t vm_count);
void world_release(struct world *world);

/** NULL if there is no such host. */
struct host *world_host(const struct world *world, const char *name);

/** What may be used of a resource, in quarters. */
int64_t inventory_quarters(const struct inventory *inv);

/** Which resource has no room for @res beside what is used; -1: none. */
int usage_lacks(const struct host *host, const struct usage *usage,
		const struct amounts *res);

/** Whether node @node has room for its part of @res in @numa nodes. */
bool usage_node_fits(const struct host *host, const struct usage *usage,
		     unsigned node, const struct amounts *res, unsigned numa);

/** What one of @numa nodes has to give. */
struct node node_part(const struct amounts *res, unsigned numa);

enum claim_outcome { CLAIMED, CLAIM_CONCURRENT, CLAIM_CAPACITY };

/**
 * As placement decides: no room is a capacity conflict, whatever the
 * generation; then an old generation is a conflict, too.
 */
enum claim_outcome world_claim(struct allocation *into, uint64_t gen,
			       const struct allocation *wanted);

/** Give back. A new generation, which is told. */
void world_free(struct allocation *allocation);

/** The same allocation in other hands. A new generation, which is told. */
void world_transfer(struct allocation *from, struct allocation *to);

/** From now on the scheduler knows how it is. */
void world_tell(struct host *host);

#endif
