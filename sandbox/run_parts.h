/*
 * run_parts.h - a run under way, shared by the files that move it on
 *
 * prepare.c fills it, run.c starts and supervises it, settle.c turns it into
 * a result.
 */
#ifndef ASSAY_RUN_PARTS_H
#define ASSAY_RUN_PARTS_H

#include <linux/seccomp.h>

#include "procfs.h"
#include "run.h"
#include "syncs.h"

/* What box->snapshot was taken for; a later one replaces only lesser ones. */
enum snapshot_for {
	SNAPSHOT_NONE,
	SNAPSHOT_QUESTION, /* of the harness */
	SNAPSHOT_CRASH,    /* the program says that it is about to die */
	SNAPSHOT_ENDING,   /* a limit or a refused call */
};

struct run {
	struct box *box;
	struct request *request;
	struct inside *inside; /* the launch's */
	const char *paths[INSIDE_PATHS_MAX];
	char path_text[INSIDE_PATHS_MAX][BOX_PATH_MAX];
	struct inside_rlimit rlimits[INSIDE_RLIMITS_MAX];
	int pidfd; /* of init; the launch's */
	bool started;            /* its clocks run */
	bool listening;          /* for calls that the filter refuses */
	bool over;               /* init has ended */
	uint32_t cause;          /* BOX_EXITED: none yet */
	const char *mechanism;
	uint64_t limit, observed;
	uint64_t end_ns;         /* when the cause was seen; 0: not yet */
	enum snapshot_for snapshot_for;
	struct snapshot_given given;
	int crash_signal;        /* that the program expects to die of */
	pid_t crash_thread;      /* whose call was interrupted by our look */
	unsigned crash_looks;
	struct cgroup_memory memory; /* at the fullest look */
	bool memory_known;
	uint64_t oom_until_ns; /* the kernel is about to kill, it said */
	uint64_t memory_wait_us; /* until the next look */
	uint64_t cpu_seen_us;
	uint64_t waited_us; /* see struct box_result */
	uint64_t rss_peak_bytes; /* without a cgroup */
	uint64_t output_bytes;
	struct syncs syncs;
	char not_here[64]; /* a call that this host cannot give; the step */
	struct seccomp_data refused; /* the call that ended it */
};

/** prepare.c: the rest of run->inside, from run->request. */
int run_prepare(struct run *run, struct error *err);

/**
 * Kill the run, naming what for unless something else was first. @limit and
 * @observed are in the unit of the cause.
 */
void run_end(struct run *run, uint32_t cause, const char *mechanism,
	     uint64_t limit, uint64_t observed);

/** Note what the memory is made of, if it was never fuller. */
void run_look_at_memory(struct run *run);

/** What /proc says of the run's processes now. */
void run_usage(const struct run *run, struct procfs_usage *ret);

/** What ends a run for memory, if the kernel says that it has run out. */
void run_check_oom(struct run *run);

/** Take in what a stream has; ends the run when it is too much. */
void run_take_output(struct run *run, struct capture *capture);

/** Which counter knows the processor time of the whole tree. */
const char *run_cpu_mechanism(const struct run *run);

/** settle.c: after init has ended. */
void run_settle(struct run *run, struct finished *finished);

uint64_t run_now_ns(void);

#endif
