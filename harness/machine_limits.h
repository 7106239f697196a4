/*
 * machine_limits.h - what of the machine this process may have
 *
 * The limits of the control groups that it is in, which is how containers are
 * bounded: cgroups(7), Documentation/admin-guide/cgroup-v2.rst (cpu.max,
 * memory.max, cpuset.cpus.effective) and cgroup-v1/ (cpu.cfs_quota_us,
 * memory.limit_in_bytes, cpuset.effective_cpus). A group is bounded by those
 * above it as well, as far as they can be seen from here.
 */
#ifndef ASSAY_MACHINE_LIMITS_H
#define ASSAY_MACHINE_LIMITS_H

#include <stdint.h>

#include "machine.h"

struct machine_limits {
	double cpus;           /* quota of processor time; 0: none */
	uint64_t memory_bytes; /* MACHINE_UNKNOWN: none */
	char cpuset[128];      /* "0-3"; "": not known */
};

void machine_limits(struct machine_limits *ret);

/** How long our group has been kept from running by its quota, since it was
 * made: cpu.stat, throttled_usec or throttled_time. 0 where nobody says so. */
uint64_t machine_throttled_us(void);

/** @text of cpu.max as a number of CPUs; 0: none. */
double machine_limits_quota(const char *text);

#endif
