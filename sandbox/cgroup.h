/*
 * cgroup.h - limits and accounting of a whole process tree
 *
 * A box makes itself one folder per controller, below the cgroup it was
 * started in, and nothing else is touched. Two ways, by what the host has:
 *
 * v1 (memory, pids, cpuacct): the box moves into its folders once, at start,
 *    because moving a task costs up to 20 ms; runs are born there. What the
 *    box itself uses is taken off by counting from the start of each run.
 * v2: the box stays outside; each run is born into a leaf of its own by
 *    CLONE_INTO_CGROUP (Linux 5.7), made anew for each, so its counters start
 *    at zero. Needs a folder whose controllers may be handed on, which a user
 *    gets from systemd-run --user --scope -p Delegate=yes.
 */
#ifndef ASSAY_CGROUP_H
#define ASSAY_CGROUP_H

#include <stdbool.h>
#include <stdint.h>

#include <assay/box.h>
#include <assay/error.h>

#include "identity.h"

enum cgroup_version { CGROUP_NONE, CGROUP_V1, CGROUP_V2 };

/* Folders: v1 has one per controller, v2 only the first. */
enum {
	CGROUP_MEMORY,
	CGROUP_PIDS,
	CGROUP_CPUACCT,
	CGROUP_FOLDERS,
};

/* Files that stay open, because opening costs more than reading. On v2 they
 * are those of the leaf. */
enum cgroup_file {
	CGROUP_MEMORY_LIMIT,
	CGROUP_SWAP_LIMIT,
	CGROUP_MEMORY_USAGE, /* v1 */
	CGROUP_MEMORY_PEAK,
	CGROUP_MEMORY_EVENTS,
	CGROUP_MEMORY_STAT,
	CGROUP_KERNEL_USAGE, /* v1 */
	CGROUP_PIDS_LIMIT,
	CGROUP_PIDS_EVENTS,
	CGROUP_CPU_USAGE,
	CGROUP_FILES,
};

/* What memory is made of, in bytes. */
struct cgroup_memory {
	uint64_t anonymous;
	uint64_t file; /* page cache, tmpfs and shared memory */
	uint64_t kernel;
};

struct cgroup {
	enum cgroup_version version;
	char name[IDENTITY_MAX]; /* of the folders; "" when NONE */
	/* descriptors, because the box's own root has no cgroup files */
	int parent_fd[CGROUP_FOLDERS]; /* where the folder was made */
	int dir_fd[CGROUP_FOLDERS];    /* the folder */
	int run_fd;                    /* v2: the leaf of the run */
	int file_fd[CGROUP_FILES];
	int oom_event_fd; /* readable when memory ran out; -1 */
	bool swap_limited;
	bool box_is_safe; /* never chosen by the kernel when memory runs out */
	uint64_t base_cpu_us;  /* v2: at the start of the program */
	/* v1: at the start of the run */
	uint64_t base_cpu_ns;
	uint64_t base_own_cpu_ns;
	uint64_t base_memory_bytes;
	struct cgroup_memory base_memory;
	uint64_t base_oom_kills;
	uint64_t base_refused;
	bool left; /* a folder could not be removed */
};

/**
 * Make the folders and, on v1, enter them. Never fails: a host without usable
 * cgroups leaves CGROUP_NONE; host.h says why. Call before any namespace.
 */
void cgroup_open(struct cgroup *cgroup);
/** Leave and remove the folders; ->left says that one is still there. */
void cgroup_close(struct cgroup *cgroup);

/** Before init is cloned. v2: the leaf it is born into; v1: what the memory
 * is made of that is not the run's. */
int cgroup_make_leaf(struct cgroup *cgroup, struct error *err);
/** v2: after a run, when all of it is dead. */
void cgroup_remove_leaf(struct cgroup *cgroup);

/** Before a run: set limits, reset counters. */
int cgroup_begin(struct cgroup *cgroup, const struct box_limits *limits,
		 struct error *err);
/**
 * Right before a run is killed that has run out of memory: what is left of it
 * would otherwise try to free some again and again on its way out.
 */
void cgroup_relax(const struct cgroup *cgroup);
/** At the start of the program: its processor time counts from here. */
void cgroup_start_clock(struct cgroup *cgroup);

/* Counters of the run so far. Zero when the host cannot tell. */
uint64_t cgroup_cpu_us(const struct cgroup *cgroup);
uint64_t cgroup_peak_bytes(const struct cgroup *cgroup);
uint64_t cgroup_oom_kills(const struct cgroup *cgroup);
uint64_t cgroup_refused(const struct cgroup *cgroup); /* forks denied */

/** The memory of the run now. False when the host cannot tell. */
bool cgroup_memory(const struct cgroup *cgroup, struct cgroup_memory *ret);

/**
 * Remove folders of boxes that died without doing it themselves: names carry
 * the box's pid namespace, pid and start time, and only those whose box is
 * gone are touched. Returns how many were removed.
 */
unsigned cgroup_sweep(void);

#endif
