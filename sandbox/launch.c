/*
 * launch.c - see launch.h
 */
#include "launch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "rawsys.h"
#include "run.h"

#define READY_LIMIT_MS 10000 /* a few mounts; generous, never near */
#define TMPFS_INODES 16384u

/* Empty an eventfd, which may be one whose reader waits. */
static void drain(int fd)
{
	struct pollfd waiting = { .fd = fd, .events = POLLIN };
	uint64_t count;

	if (poll(&waiting, 1, 0) > 0)
		(void)!read(fd, &count, sizeof count);
}

static void forget(struct launch *launch)
{
	struct inside_report *report = &launch->inside.report;

	memset(launch, 0, sizeof *launch);
	launch->pidfd = report->proc_fd = report->work_fd = -1;
	report->mounts_fd = report->listener_fd = -1;
	report->first_fd = report->ruleset_fd = -1;
}

void launch_init(struct box *box)
{
	forget(&box->launch);
}

/* ---- starting ---- */

static int fill(struct box *box, const struct launch_plan *plan,
		struct error *err)
{
	struct launch *launch = &box->launch;
	struct inside *in = &launch->inside;

	forget(launch);
	launch->plan = *plan;
	(void)snprintf(in->tmpfs_options, sizeof in->tmpfs_options,
		       "size=%llu,nr_inodes=%u,mode=1777,uid=%d,gid=%d",
		       (unsigned long long)plan->file_bytes, TMPFS_INODES,
		       INSIDE_UID, INSIDE_UID);
	in->cpus = box->pinned ? &box->cpus : NULL;
	in->plain = box->isolation.mode == ISOLATION_PLAIN;
	in->seal_proc = !in->plain && !box->cgroup.box_is_safe;
	in->plain_work_fd = box->isolation.folder.work_fd;
	in->map_root = box->isolation.map_root;
	in->uid = box->isolation.inner_uid;
	in->landlock = &box->isolation.landlock;
	in->loopback = plan->network == BOX_NETWORK_LOOPBACK;
	in->box_pidfd = box->self_pidfd;
	in->told_fd = box->told_fd;
	in->go_fd = box->go_fd;
	in->child_stack = box->child_stack;
	return policy_filter(&box->policy, plan->profile, plan->network,
			     &in->filter, err);
}

int launch_start(struct box *box, const struct launch_plan *plan,
		 struct error *err)
{
	struct launch *launch = &box->launch;
	struct clone_args args = {
		.flags = CLONE_VM | CLONE_FILES | CLONE_PIDFD,
		.pidfd = (uintptr_t)&launch->pidfd,
		.exit_signal = SIGCHLD,
		.stack = (uintptr_t)box->init_stack,
		.stack_size = INSIDE_STACK_BYTES,
	};
	long pid;

	CHECK(!launch->there);
	if (fill(box, plan, err) < 0)
		return -err->code;
	drain(box->told_fd);
	drain(box->go_fd);
	if (launch->inside.plain && launch->inside.loopback)
		return error_set(err, EOPNOTSUPP,
				 "loopback needs a network namespace");
	if (isolation_refresh(&box->isolation, err) < 0)
		return -err->code;
	if (cgroup_make_leaf(&box->cgroup, err) < 0)
		return -err->code;
	if (!launch->inside.plain)
		args.flags |= CLONE_NEWPID | CLONE_NEWNS;
	/* who may not make such a call sees nothing of the box's own either */
	if (!launch->inside.plain && policy_has_ipc(plan->profile))
		args.flags |= CLONE_NEWIPC;
	if (launch->inside.loopback)
		args.flags |= CLONE_NEWNET;
	if (box->cgroup.version == CGROUP_V2) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (__u64)box->cgroup.run_fd;
	}
	pid = raw_clone3(&args, inside_init, &launch->inside);
	if (pid < 0)
		return error_errno(err, (int)-pid, "clone a run");
	launch->init = (pid_t)pid;
	launch->there = true;
	return 0;
}

/* ---- taking ---- */

static bool same(const struct launch_plan *a, const struct launch_plan *b)
{
	return a->profile == b->profile && a->network == b->network &&
	       a->file_bytes == b->file_bytes;
}

struct launch_plan launch_guess(struct box *box, const struct launch_plan *plan)
{
	struct launch_guess *guess = &box->guesses[plan->profile];

	if (!guess->known)
		guess->plan = *plan;
	box->guess = guess;
	return guess->plan;
}

/* It was to be @plan. */
static void learn(struct launch_guess *guess, const struct launch_plan *plan)
{
	bool wrong = !same(&guess->plan, plan);

	if (wrong && (guess->wrong || !guess->known))
		guess->plan = *plan;
	guess->wrong = wrong && guess->known && !guess->wrong;
	guess->known = true;
}

/* Until the child waits for its request, or a step has failed. */
static int wait_ready(struct box *box, struct error *err)
{
	const struct inside_report *report = &box->launch.inside.report;
	struct pollfd polls[] = {
		{ .fd = box->told_fd, .events = POLLIN },
		{ .fd = box->launch.pidfd, .events = POLLIN },
	};
	int events;

	do {
		events = poll(polls, 2, READY_LIMIT_MS);
	} while (events < 0 && errno == EINTR);
	drain(box->told_fd);
	if (report->ready && !report->error && !polls[1].revents)
		return 0;
	return error_set(err,
			 report->error ? report->error
			 : events == 0 ? ETIMEDOUT
				       : ECHILD,
			 "%s", report->step ? report->step : "start");
}

int launch_get(struct box *box, const struct launch_plan *plan,
	       struct error *err)
{
	int result;

	if (box->guess)
		learn(box->guess, plan);
	box->guess = NULL;
	if (box->launch.there && same(&box->launch.plan, plan) &&
	    wait_ready(box, err) == 0)
		return 0;
	launch_drop(box);
	result = launch_start(box, plan, err);
	if (result == 0)
		result = wait_ready(box, err);
	if (result < 0)
		launch_drop(box);
	return result;
}

void launch_go(struct box *box)
{
	uint64_t one = 1;

	(void)!write(box->go_fd, &one, sizeof one);
}

/* ---- ending ---- */

static void close_fd(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

void launch_kill(struct box *box)
{
	struct launch *launch = &box->launch;
	int fd = launch->inside.report.first_fd;

	(void)syscall(SYS_pidfd_send_signal, fd < 0 ? launch->pidfd : fd,
		      SIGKILL, NULL, 0);
}

void launch_bury(struct box *box)
{
	const struct inside *in = &box->launch.inside;
	id_t group = (id_t)in->report.group;
	siginfo_t info;

	if (!in->plain || in->report.clean || group == 0)
		return;
	/* as long as one of them is there for us to wait for, the number is
	 * theirs */
	while (waitid(P_PGID, group, &info,
		      WEXITED | WNOHANG | WNOWAIT | __WALL) == 0) {
		(void)kill(-(pid_t)group, SIGKILL);
		(void)waitid(P_PGID, group, &info, WEXITED | __WALL);
	}
}

void launch_drop(struct box *box)
{
	struct launch *launch = &box->launch;
	struct error err;

	if (launch->there) {
		/* without namespaces the child is ours to kill, so it has to
		 * be there */
		if (launch->inside.plain && !launch->inside.report.ready)
			(void)wait_ready(box, &err);
		launch_kill(box);
		while (waitpid(launch->init, NULL, __WALL) < 0 &&
		       errno == EINTR)
			continue;
		launch_bury(box);
	}
	launch_close(box);
}

void launch_close(struct box *box)
{
	struct launch *launch = &box->launch;
	struct inside_report *report = &launch->inside.report;

	launch->there = false;
	close_fd(&launch->pidfd);
	close_fd(&report->proc_fd);
	close_fd(&report->work_fd);
	close_fd(&report->mounts_fd);
	close_fd(&report->listener_fd);
	close_fd(&report->first_fd);
	close_fd(&report->ruleset_fd);
	cgroup_remove_leaf(&box->cgroup);
}
