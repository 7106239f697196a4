/*
 * noise.h - whether others on the machine can be why a run was late
 *
 * A run that ended for time is innocent until it was alone, unless what was
 * measured while it ran says that nobody took any time from it.
 */
#ifndef ASSAY_NOISE_H
#define ASSAY_NOISE_H

#include <stdbool.h>
#include <stdint.h>

#define NOISE_UNKNOWN UINT64_MAX

/* What was seen while it ran. */
struct noise {
	bool company;  /* other runs of the batch were under way */
	unsigned cpus; /* that it could have used */
	uint64_t wall_us;
	uint64_t cpu_us; /* processor time of all its processes */
	/* How long its threads were ready to run and had no CPU, added up;
	 * field 2 of /proc/PID/task/TID/schedstat, proc(5) and
	 * Documentation/scheduler/sched-stats.rst. NOISE_UNKNOWN: not known. */
	uint64_t waited_us;
	/* Processor time of all else on the machine, and what a hypervisor
	 * took; NOISE_UNKNOWN: not known. */
	uint64_t others_us;
};

enum noise_finding {
	NOISE_COMPANY, /* other runs may have held it up */
	NOISE_MACHINE, /* something else on the machine may have */
	NOISE_SPUN,    /* it computed all the time, on CPUs of its own */
	NOISE_QUIET,   /* nothing else of note ran */
	NOISE_MAX
};

enum noise_finding noise_find(const struct noise *noise);

/** Whether it has to be run again alone before it can have failed for time. */
bool noise_excuses(enum noise_finding finding);

/** Half a sentence on why that is so. */
const char *noise_words(enum noise_finding finding);

#endif
