/* world.c - the fleet, and what placement holds of it */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"

const char *const arch_names[] = { "x86_64", "aarch64" };
const char *const trait_names[] = { "avx2", "gpu", "nested", "ssd" };
const char *const resource_names[RESOURCES] = { "vcpu", "mem", "disk" };

static void *zeroed(size_t count, size_t size)
{
	void *memory = calloc(count ? count : 1, size);

	if (!memory)
		judge_broken("out of memory");
	return memory;
}

void world_init(struct world *world, const struct host *hosts,
		size_t host_count, size_t vm_count)
{
	size_t i;

	*world = (struct world){
		.hosts = zeroed(host_count, sizeof *world->hosts),
		.host_count = host_count,
		.vms = zeroed(vm_count + 1, sizeof *world->vms),
		.vm_count = vm_count,
		.by_number = zeroed(HOSTS_MAX + 1, sizeof *world->by_number),
	};
	memcpy(world->hosts, hosts, host_count * sizeof *hosts);
	for (i = 0; i < host_count; i++) {
		world->by_number[hosts[i].number] = &world->hosts[i];
		world_tell(&world->hosts[i]);
	}
}

void world_release(struct world *world)
{
	free(world->hosts);
	free(world->vms);
	free(world->by_number);
}

struct host *world_host(const struct world *world, const char *name)
{
	char again[16];
	unsigned long number;

	if (name[0] != 'h')
		return NULL;
	number = strtoul(name + 1, NULL, 10);
	(void)snprintf(again, sizeof again, "h%lu", number);
	if (number > HOSTS_MAX || strcmp(again, name) != 0)
		return NULL;
	return world->by_number[number];
}

int64_t inventory_quarters(const struct inventory *inv)
{
	return (inv->total - inv->reserved) * inv->quarters;
}

int usage_lacks(const struct host *host, const struct usage *usage,
		const struct amounts *res)
{
	int i;

	for (i = 0; i < RESOURCES; i++)
		if ((usage->used.of[i] + res->of[i]) * 4 >
		    inventory_quarters(&host->inv[i]))
			return i;
	return -1;
}

struct node node_part(const struct amounts *res, unsigned numa)
{
	if (numa == 0)
		return (struct node){ 0 };
	return (struct node){ .vcpu = res->of[VCPU] / numa,
			      .mem = res->of[MEM] / numa };
}

bool usage_node_fits(const struct host *host, const struct usage *usage,
		     unsigned node, const struct amounts *res, unsigned numa)
{
	struct node part = node_part(res, numa);

	return usage->nodes[node].vcpu + part.vcpu <= host->nodes[node].vcpu &&
	       usage->nodes[node].mem + part.mem <= host->nodes[node].mem;
}

/* Add an allocation to a usage, or with @sign -1 take it away. */
static void usage_add(struct usage *usage, const struct allocation *allocation,
		      int sign)
{
	struct node part = node_part(&allocation->res, allocation->node_count);
	unsigned i;

	for (i = 0; i < RESOURCES; i++)
		usage->used.of[i] += sign * allocation->res.of[i];
	for (i = 0; i < allocation->node_count; i++) {
		usage->nodes[allocation->nodes[i]].vcpu += sign * part.vcpu;
		usage->nodes[allocation->nodes[i]].mem += sign * part.mem;
	}
}

enum claim_outcome world_claim(struct allocation *into, uint64_t gen,
			       const struct allocation *wanted)
{
	struct host *host = wanted->host;
	unsigned i;

	if (usage_lacks(host, &host->truth, &wanted->res) >= 0)
		return CLAIM_CAPACITY;
	for (i = 0; i < wanted->node_count; i++)
		if (!usage_node_fits(host, &host->truth, wanted->nodes[i],
				     &wanted->res, wanted->node_count))
			return CLAIM_CAPACITY;
	if (gen != host->truth.gen)
		return CLAIM_CONCURRENT;
	usage_add(&host->truth, wanted, 1);
	host->truth.gen++;
	world_tell(host);
	*into = *wanted;
	return CLAIMED;
}

void world_free(struct allocation *allocation)
{
	struct host *host = allocation->host;

	usage_add(&host->truth, allocation, -1);
	host->truth.gen++;
	world_tell(host);
	*allocation = (struct allocation){ 0 };
}

void world_transfer(struct allocation *from, struct allocation *to)
{
	*to = *from;
	*from = (struct allocation){ 0 };
	to->host->truth.gen++;
	world_tell(to->host);
}

void world_tell(struct host *host)
{
	host->told = host->truth;
}
