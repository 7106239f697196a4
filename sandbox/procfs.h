/*
 * procfs.h - facts about processes, from /proc
 */
#ifndef ASSAY_PROCFS_H
#define ASSAY_PROCFS_H

#include <stdint.h>
#include <sys/types.h>

/* Sums over a tree of processes at one moment. */
struct procfs_usage {
	uint64_t cpu_us;    /* of processes that are there; dead ones' time
			       only as far as a parent of theirs waited */
	uint64_t run_us;    /* of threads that are there */
	uint64_t waited_us; /* they were ready to run and had no CPU */
	uint64_t rss_bytes; /* resident, shared pages counted in each */
	uint32_t threads;
	uint32_t running;   /* threads that are not asleep */
};

/**
 * Sum over all processes visible in the /proc that @proc_fd is open on, but
 * for pid 1, which is the box's init. What vanishes meanwhile is passed over.
 */
void procfs_usage(int proc_fd, struct procfs_usage *ret);

/** The same over all that descends from @init, where /proc shows others, too. */
void procfs_usage_below(int proc_fd, pid_t init, struct procfs_usage *ret);

/** Start time of @pid in clock ticks since boot; 0 if there is none. With the
 * pid it names a process for good. */
uint64_t procfs_start_time(pid_t pid);

/** Inode number of our pid namespace. */
uint64_t procfs_pid_namespace(void);

#endif
