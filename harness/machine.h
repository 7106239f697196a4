/*
 * machine.h - what the machine is doing, for whoever has to trust a clock
 */
#ifndef ASSAY_MACHINE_H
#define ASSAY_MACHINE_H

#include <stdint.h>

#define MACHINE_UNKNOWN UINT64_MAX

/** How many CPUs this process may use, by sched_getaffinity(2). At least 1. */
unsigned machine_cpus(void);

/**
 * Processor time that was not idle on all CPUs since boot, that of a hypervisor
 * and of waiting for disks included: CPUs times the first number of
 * /proc/uptime less the second, proc_uptime(5). To within 10 ms a CPU; for
 * differences, and one may be a little less than the one before.
 * MACHINE_UNKNOWN where there is no such file.
 */
uint64_t machine_busy_us(void);

#endif
