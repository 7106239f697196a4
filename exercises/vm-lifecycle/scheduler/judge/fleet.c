/* fleet.c - fleets and loads of many sizes, from a seed */
#include "fleet.h"

#include <stdlib.h>

#include "judge.h"

#define GB 1024
#define HOST_VCPU 40
#define HOST_MEM (90 * GB)

static const struct size {
	int64_t vcpu, mem;
	unsigned percent;
} sizes[] = {
	{ 1, 1 * GB, 40 }, { 1, 2 * GB, 25 },  { 2, 4 * GB, 15 },
	{ 4, 8 * GB, 10 }, { 8, 16 * GB, 5 }, { 16, 32 * GB, 5 },
};
#define SIZES (sizeof sizes / sizeof sizes[0])

static void *zeroed(size_t count, size_t size)
{
	void *memory = calloc(count, size);

	if (!memory)
		judge_broken("out of memory");
	return memory;
}

struct amounts fleet_size(struct random *random)
{
	unsigned draw = random_below(random, 100);
	size_t i = 0;

	while (draw >= sizes[i].percent)
		draw -= sizes[i++].percent;
	return (struct amounts){ .of = { sizes[i].vcpu, sizes[i].mem,
					 10 * sizes[i].vcpu } };
}

static struct inventory whole(int64_t total)
{
	return (struct inventory){ .total = total, .quarters = 4, .min = 1,
				   .max = total, .step = 1 };
}

static struct host host_of(size_t number, int64_t vcpu, int64_t mem)
{
	return (struct host){
		.number = (unsigned)number,
		.cell = 1,
		.up = true,
		.inv = { whole(vcpu), whole(mem), whole(100 * vcpu) },
		.truth.gen = 1,
	};
}

struct host *fleet_empty(size_t count)
{
	struct host *hosts = zeroed(count, sizeof *hosts);
	size_t i;

	for (i = 0; i < count; i++)
		hosts[i] = host_of(i + 1, HOST_VCPU, HOST_MEM);
	return hosts;
}

struct host *fleet_used(size_t count, struct random *random)
{
	struct host *hosts = zeroed(count, sizeof *hosts);
	size_t i;
	unsigned j;

	for (i = 0; i < count; i++) {
		unsigned times = random_between(random, 1, 3);
		unsigned part = random_between(random, 20, 100);

		hosts[i] = host_of(i + 1, times * HOST_VCPU,
				   times * (int64_t)HOST_MEM);
		hosts[i].cell = 1 + random_below(random, CELLS_MAX);
		hosts[i].traits = random_below(random, 1u << TRAITS);
		for (j = 0; j < RESOURCES; j++)
			hosts[i].truth.used.of[j] =
				hosts[i].inv[j].total * part / 100;
	}
	return hosts;
}

/* ---- VMs that come and go ---- */

static unsigned mean_vcpu_percent(void)
{
	unsigned sum = 0;
	size_t i;

	for (i = 0; i < SIZES; i++)
		sum += (unsigned)sizes[i].vcpu * sizes[i].percent;
	return sum;
}

struct trace trace_new(size_t host_count, size_t count, unsigned load,
		       struct random *random)
{
	struct trace trace = {
		.arrivals = zeroed(count, sizeof *trace.arrivals),
		.count = count,
		.host_count = host_count,
	};
	uint32_t mean_life = (uint32_t)(host_count * HOST_VCPU * load /
					mean_vcpu_percent());
	size_t i;

	for (i = 0; i < count; i++) {
		trace.arrivals[i].res = fleet_size(random);
		trace.arrivals[i].leaves =
			i + random_between(random, 1, 2 * mean_life);
	}
	return trace;
}

void trace_release(struct trace *trace)
{
	free(trace->arrivals);
}

/* Shares of vCPU and memory that are free. */
static double looseness(const struct host *host)
{
	double sum = 0;
	unsigned i;

	for (i = VCPU; i <= MEM; i++)
		sum += (double)(host->inv[i].total - host->truth.used.of[i]) /
		       (double)host->inv[i].total;
	return sum;
}

static struct host *choose(struct host *hosts, size_t count,
			   const struct amounts *res, enum packing packing)
{
	struct host *chosen = NULL;
	double best = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		double loose;

		if (usage_lacks(&hosts[i], &hosts[i].truth, res) >= 0)
			continue;
		if (packing == PACK_FIRST)
			return &hosts[i];
		loose = looseness(&hosts[i]);
		if (!chosen || (packing == PACK_BEST ? loose < best :
						       loose > best)) {
			chosen = &hosts[i];
			best = loose;
		}
	}
	return chosen;
}

static void use(struct host *host, const struct amounts *res, int sign)
{
	unsigned i;

	for (i = 0; i < RESOURCES; i++)
		host->truth.used.of[i] += sign * res->of[i];
}

int64_t trace_failed(const struct trace *trace, enum packing packing)
{
	struct host *hosts = fleet_empty(trace->host_count);
	struct host **places = zeroed(trace->count, sizeof *places);
	int64_t failed = 0;
	size_t i;
	size_t j;

	for (i = 0; i < trace->count; i++) {
		const struct amounts *res = &trace->arrivals[i].res;

		for (j = 0; j < i; j++)
			if (trace->arrivals[j].leaves == i && places[j])
				use(places[j], &trace->arrivals[j].res, -1);
		places[i] = choose(hosts, trace->host_count, res, packing);
		if (places[i])
			use(places[i], res, 1);
		else
			failed += res->of[VCPU];
	}
	free(places);
	free(hosts);
	return failed;
}
