/*
 * machine.h - what the machine is doing, for whoever has to trust a clock
 */
#ifndef ASSAY_MACHINE_H
#define ASSAY_MACHINE_H

#include <stdint.h>

#define MACHINE_UNKNOWN UINT64_MAX
#define MACHINE_TEXT_MAX 128

struct machine_moment {
	double load[3];        /* getloadavg(3): 1, 5, 15 minutes */
	uint64_t steal_us;     /* a hypervisor ran others in our stead, since
				  boot, all CPUs: /proc/stat, proc_stat(5) */
	uint64_t throttled_us; /* machine_throttled_us() */
};

void machine_look(struct machine_moment *ret);

/** How many CPUs this process may use, by sched_getaffinity(2). At least 1. */
unsigned machine_cpus(void);

/** The same as a list, "0-3,6". */
void machine_cpu_list(char text[MACHINE_TEXT_MAX]);

/** The number of the @index-th of them, counted in a ring; -1: not known. */
int machine_cpu_at(unsigned index);

/** Who chooses their frequency: cpufreq's scaling_governor in sysfs
 * (Documentation/admin-guide/pm/cpufreq.rst), "mixed", or "unknown". */
void machine_governor(char text[MACHINE_TEXT_MAX]);

/** What a hypervisor says of itself by CPUID 0x40000000, or "yes"; "": there
 * is none, or it does not tell. */
void machine_hypervisor(char text[MACHINE_TEXT_MAX]);

/**
 * Processor time that was not idle on all CPUs since boot, that of a hypervisor
 * and of waiting for disks included: CPUs times the first number of
 * /proc/uptime less the second, proc_uptime(5). To within 10 ms a CPU; for
 * differences, and one may be a little less than the one before.
 * MACHINE_UNKNOWN where there is no such file.
 */
uint64_t machine_busy_us(void);

#endif
