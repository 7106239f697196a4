/*
 * run.h - one run from request to result
 */
#ifndef ASSAY_RUN_H
#define ASSAY_RUN_H

#include <sched.h>
#include <stdbool.h>

#include <assay/box.h>
#include <assay/error.h>

#include "capture.h"
#include "cgroup.h"
#include "inside.h"
#include "isolation.h"
#include "launch.h"
#include "policy.h"
#include "request.h"
#include "snapshot.h"

/* What a box has ready before the first run; all but the launch made once. */
struct box {
	int socket_fd;
	int self_pidfd;
	int told_fd;    /* eventfd, from init */
	int go_fd;      /* eventfd, to init's child */
	int wall_fd;    /* timerfd: set-up, then the wall limit */
	int check_fd;   /* timerfd: when to look at counters next */
	cpu_set_t cpus; /* what a program may use */
	unsigned cpu_count;
	bool pinned; /* the box itself keeps to one of them */
	void *init_stack;
	void *child_stack;
	struct isolation isolation;
	struct cgroup cgroup;
	struct policy policy;
	struct capture captures[BOX_CHILD_FDS_MAX];
	struct launch launch; /* of the run under way, or of the next */
	struct launch_guess guesses[BOX_PROFILE_MAX]; /* behind one of each */
	struct launch_guess
		*guess;           /* whether it is right shows with the next */
	struct snapshot snapshot; /* of the run under way */
};

/** Make what struct box holds but for socket, isolation, cgroup and policy. */
int box_prepare(struct box *box, struct error *err);

/* A finished run: what goes to the harness. */
struct finished {
	struct box_result result;
	int output_fds[BOX_OUTPUTS_MAX + 1]; /* files, then the threads */
	unsigned output_count;
};

/**
 * Run @request to its end, answering BOX_PROBE and BOX_KILL meanwhile. When
 * it returns, every process of the run is dead and reaped. -EPIPE when the
 * harness has closed the socket, -EPROTO for a message that has no place
 * here; in both cases the run is dead as well.
 */
int run_execute(struct box *box, struct request *request,
		struct finished *finished, struct error *err);

/**
 * Let go of the run's last resources and get ready for the one that is likely
 * to be next; costs time that nobody has to wait for.
 */
void run_let_go(struct box *box, struct finished *finished);

#endif
