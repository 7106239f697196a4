/*
 * fleet.h - fleets and loads of many sizes, from a seed
 *
 * Most VMs are small and a few are large, in the shares of fleet.c's table:
 * what public clouds have published of theirs looks like that.
 */
#ifndef SCHEDULER_FLEET_H
#define SCHEDULER_FLEET_H

#include "random.h"
#include "world.h"

/** The size of a VM. */
struct amounts fleet_size(struct random *random);

/** @count empty hosts with 40 vCPU and 90 GB each. */
struct host *fleet_empty(size_t count);

/** @count hosts of several sizes, all in use to some part. */
struct host *fleet_used(size_t count, struct random *random);

/* ---- VMs that come and go ---- */

struct arrival {
	struct amounts res;
	size_t leaves; /* before the arrival with this number */
};

struct trace {
	struct arrival *arrivals;
	size_t count;
	size_t host_count;
};

/** As many VMs on average as use @load hundredths of all vCPUs. */
struct trace trace_new(size_t host_count, size_t count, unsigned load,
		       struct random *random);
void trace_release(struct trace *trace);

enum packing { PACK_SPREAD, PACK_FIRST, PACK_BEST };

/** vCPUs of the VMs that find no room when they are packed like that. */
int64_t trace_failed(const struct trace *trace, enum packing packing);

#endif
