/*
 * inside.h - everything that runs between clone and exec
 *
 * launch.c clones an init, into fresh namespaces where the host gives any;
 * init and its child get all ready that does not depend on the request, and
 * the child waits. When the request is there, run.c fills in the rest and lets
 * the child go on to exec.
 * inside.c has the theory of operation.
 */
#ifndef ASSAY_INSIDE_H
#define ASSAY_INSIDE_H

#include <linux/filter.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>

#include <assay/box.h>

#include "landlock.h"

#define INSIDE_STACK_BYTES (64 * 1024)
#define INSIDE_UID 1000 /* what a program sees as its user and group */
#define INSIDE_RLIMITS_MAX 16
#define INSIDE_PATHS_MAX 8
#define INSIDE_STEP_EXEC "exec" /* the last step; its failure is the caller's */

struct inside_rlimit {
	int resource;
	struct rlimit64 value;
};

/* What init and its child report. Written by one of them at a time, read by
 * the box after told_fd said so, hence no locks. */
struct inside_report {
	const char *step;  /* the step under way; names a failing one */
	int error;         /* errno of the failing step, 0 while all is well */
	bool ready;        /* the child waits for the rest */
	bool clean;        /* init has seen that nothing of the run is left */
	int group;         /* plain: the run's process group, 0: not yet */
	int first_fd;      /* plain: a pidfd of the first process, or -1 */
	int ruleset_fd;    /* while it is made, else -1 */
	bool execed;
	int proc_fd;       /* the run's /proc, for accounting */
	int work_fd;       /* its /work, for files in and out */
	int mounts_fd;     /* its mount namespace, or -errno */
	int listener_fd;   /* seccomp notifications */
	uint64_t exec_ns;  /* CLOCK_MONOTONIC just before exec */
	uint64_t exit_ns;  /* ... and when the first process had ended */
	uint64_t setup_ns; /* CPU time spent up to exec: ours */
	bool ended;        /* the first process has ended: */
	int status;        /* its wait status */
};

struct inside {
	/* needed from the start */
	char tmpfs_options[128];
	const struct sock_fprog *filter;
	const cpu_set_t *cpus; /* the program's; NULL: the same as the box's */
	bool plain;       /* no namespaces; see isolation.h */
	int plain_work_fd; /* then: where /work is */
	bool seal_proc;   /* the program must not write in /proc */
	bool map_root;    /* the box is uid 0 inside: give up groups and uid */
	unsigned uid;     /* ... for this one */
	const struct landlock *landlock;
	bool loopback;    /* bring up "lo" of the fresh network namespace */
	int box_pidfd;    /* to see whether the box still lives */
	int told_fd;      /* eventfd to the box: ready, execed, or failed */
	int go_fd;        /* eventfd to the child: the rest is there */
	void *child_stack; /* INSIDE_STACK_BYTES */
	/* the rest */
	const char *const *paths; /* to exec: the first that is there */
	char *const *argv;
	char *const *envp;
	const char *cwd;
	int child_fds[BOX_CHILD_FDS_MAX]; /* >= BOX_CHILD_FDS_MAX */
	unsigned child_fd_count;
	const struct inside_rlimit *rlimits;
	unsigned rlimit_count;
	struct inside_report report;
};

/** The init of a run: pid 1 of its namespaces. Never returns. */
_Noreturn void inside_init(void *inside);

#endif
