/*
 * settle.c - from a run that is over to its result
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "inspect.h"
#include "run_parts.h"

/* More than taking a run down costs the kernel. */
#define HIDDEN_CPU_US 10000u

/* All writers are dead: take what is left in the pipes. A harness that does
 * not read its own end holds this up, and nobody else. */
static void drain_captures(struct run *run)
{
	struct pollfd poll_one;
	struct capture *capture;
	size_t i;

	for (i = 0; i < BOX_CHILD_FDS_MAX; i++) {
		capture = &run->box->captures[i];
		if (capture->write_fd >= 0)
			(void)close(capture->write_fd);
		capture->write_fd = -1;
		while (!capture_done(capture)) {
			poll_one.fd = capture_poll(capture, &poll_one.events);
			if (poll(&poll_one, 1, -1) > 0)
				run_take_output(run, capture);
		}
		capture_close(capture);
	}
}

static uint64_t micros(const struct timeval *time)
{
	return (uint64_t)time->tv_sec * 1000000u + (uint64_t)time->tv_usec;
}

/* A cgroup counts the whole tree, in steps of up to 128 KiB per CPU (the
 * kernel charges in batches). Without one: the largest sum of resident sizes
 * that a look at the processes found, or the largest single process. The
 * latter is never less than the box itself, whose memory it began with. */
static void settle_memory(const struct run *run, const struct rusage *usage,
			  struct box_result *result)
{
	const struct cgroup *cgroup = &run->box->cgroup;
	uint64_t largest = (uint64_t)usage->ru_maxrss * 1024;
	const char *source = "rusage";

	result->peak_bytes = largest;
	if (cgroup->version != CGROUP_NONE) {
		result->peak_bytes = cgroup_peak_bytes(cgroup);
		source = cgroup->version == CGROUP_V1 ? "cgroup-v1"
						      : "cgroup-v2";
	} else if (run->rss_peak_bytes > largest) {
		result->peak_bytes = run->rss_peak_bytes;
		source = "rss";
	}
	(void)snprintf(result->memory_source, sizeof result->memory_source,
		       "%s", source);
	result->anonymous_bytes = result->file_bytes = result->kernel_bytes =
		BOX_UNKNOWN;
	if (!run->memory_known)
		return;
	result->anonymous_bytes = run->memory.anonymous;
	result->file_bytes = run->memory.file;
	result->kernel_bytes = run->memory.kernel;
}

static void settle_usage(const struct run *run, const struct rusage *usage,
			 struct box_result *result)
{
	const struct inside_report *report = &run->inside->report;
	const struct cgroup *cgroup = &run->box->cgroup;
	uint64_t setup_us = report->setup_ns / 1000, seen_us, end_ns;

	result->user_us = micros(&usage->ru_utime);
	result->system_us = micros(&usage->ru_stime);
	/* mounting and filtering is ours, not the program's */
	result->system_us -= setup_us < result->system_us ? setup_us
							  : result->system_us;
	/* what nobody waited for: children that the program disowned, or all
	 * of it when init was killed; a little more is the kernel taking the
	 * run down */
	seen_us = cgroup_cpu_us(cgroup);
	if (seen_us < run->cpu_seen_us)
		seen_us = run->cpu_seen_us;
	if (seen_us > result->user_us + result->system_us + HIDDEN_CPU_US)
		result->user_us = seen_us - result->system_us;
	result->voluntary_switches = (uint64_t)usage->ru_nvcsw;
	result->involuntary_switches = (uint64_t)usage->ru_nivcsw;
	result->waited_us = run->waited_us;
	settle_memory(run, usage, result);
	result->processes_refused = cgroup->version == CGROUP_NONE
					    ? BOX_UNKNOWN
					    : cgroup_refused(cgroup);
	/* taking the tree down is not the program's time */
	end_ns = report->ended ? report->exit_ns : run->end_ns;
	if (report->execed && end_ns > report->exec_ns)
		result->wall_us = (end_ns - report->exec_ns) / 1000;
}

/* A run that ended by itself may still have met a limit that nobody was woken
 * for: the last process was killed by it, or it ended in the same moment. */
static void late_causes(struct run *run, const struct box_result *result)
{
	const struct box_limits *limits = &run->request->run.limits;
	const struct inside_report *report = &run->inside->report;
	uint64_t cpu_us = result->user_us + result->system_us;
	int signal = report->ended && WIFSIGNALED(report->status)
			     ? WTERMSIG(report->status)
			     : 0;

	if (run->cause != BOX_EXITED || !report->execed)
		return;
	if (cgroup_oom_kills(&run->box->cgroup) > 0)
		run_check_oom(run);
	else if (cpu_us >= limits->cpu_us)
		run_end(run, BOX_CPU_LIMIT, run_cpu_mechanism(run),
			limits->cpu_us, cpu_us);
	else if (signal == SIGXFSZ)
		run_end(run, BOX_OUTPUT_LIMIT, "RLIMIT_FSIZE",
			limits->file_bytes, limits->file_bytes);
	else if (run->output_bytes > limits->output_bytes)
		run_end(run, BOX_OUTPUT_LIMIT, "bytes counted in a pipe",
			limits->output_bytes, run->output_bytes);
}

static void settle_ending(const struct run *run, uint64_t dead_ns,
			  struct box_result *result)
{
	const struct inside_report *report = &run->inside->report;
	int status = report->status;

	result->exit_status = -1;
	result->outcome = run->cause;
	if (run->cause == BOX_EXITED && !report->execed) {
		result->outcome = BOX_FAILED;
	} else if (run->cause == BOX_EXITED && !report->ended) {
		/* init is beyond the reach of its namespace */
		result->outcome = BOX_FAILED;
		result->error = ESRCH;
	} else if (run->cause == BOX_EXITED && WIFSIGNALED(status)) {
		result->outcome = BOX_SIGNALED;
		result->signal = WTERMSIG(status);
		result->core_dumped = WCOREDUMP(status);
	} else if (run->cause == BOX_EXITED) {
		result->exit_status = WEXITSTATUS(status);
	}
	if (result->outcome == BOX_FAILED) {
		if (report->error)
			result->error = report->error;
		(void)snprintf(result->step, sizeof result->step, "%s",
			       report->step ? report->step : "start");
	}
	(void)snprintf(result->mechanism, sizeof result->mechanism, "%s",
		       run->mechanism ? run->mechanism : "wait status");
	result->limit = run->limit;
	result->observed = run->observed;
	if (run->cause != BOX_EXITED)
		result->death_us = (dead_ns - run->end_ns) / 1000;
	result->output_bytes = run->output_bytes;
	if (result->outcome != BOX_FORBIDDEN_SYSCALL)
		return;
	result->syscall_number = run->refused.nr;
	memcpy(result->syscall_args, run->refused.args,
	       sizeof result->syscall_args);
	result->syscall_ip = run->refused.instruction_pointer;
	if (run->refused.arch)
		policy_call_name(&run->refused, result->syscall_name,
				 sizeof result->syscall_name);
}

/* Open a file that a hostile program left behind: a descriptor, or -errno. */
static int open_output(int work_fd, const char *path, uint64_t max_bytes)
{
	struct open_how how = {
		.flags = O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
			   RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV,
	};
	AUTO_CLOSE int fd = (int)syscall(SYS_openat2, work_fd, path, &how,
					 sizeof how);
	struct stat status;

	if (fd < 0 || fstat(fd, &status) < 0)
		return -errno;
	if (!S_ISREG(status.st_mode) || status.st_size < 0 ||
	    (uint64_t)status.st_size > max_bytes)
		return -EFBIG;
	return TAKE_FD(fd);
}

/* What we could not do must not look like what the program did not do. */
static bool is_ours(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOMEM ||
	       error == ENOSPC || error == EIO;
}

static void fail_to_keep(struct box_result *result, const char *step, int error)
{
	if (result->outcome != BOX_EXITED)
		return;
	result->outcome = BOX_FAILED;
	result->exit_status = -1;
	result->error = error;
	(void)snprintf(result->step, sizeof result->step, "%s", step);
}

static void check_captures(const struct run *run, struct box_result *result)
{
	size_t i;

	for (i = 0; i < BOX_CHILD_FDS_MAX; i++)
		if (is_ours(run->box->captures[i].error))
			fail_to_keep(result, "keep what it printed",
				     run->box->captures[i].error);
}

static void collect(const struct run *run, struct finished *finished)
{
	const struct box_run *spec = &run->request->run;
	unsigned i;
	int fd;

	for (i = 0; i < spec->outputs && run->inside->report.work_fd >= 0;
	     i++) {
		fd = open_output(run->inside->report.work_fd,
				 run->request->outputs[i],
				 spec->output_max_bytes);
		if (is_ours(-fd))
			fail_to_keep(&finished->result, "collect files", -fd);
		if (fd < 0)
			continue;
		finished->result.collected |= 1u << i;
		finished->output_fds[finished->output_count++] = fd;
	}
}

/* Whether the crash that was told of may be why it ended. A keeper outlives the
 * program that crashed; whoever it talks with knows. */
static bool ended_of_it(const struct run *run, const struct box_result *result)
{
	if (run->request->run.keeper)
		return result->outcome == BOX_KILLED ||
		       result->outcome == BOX_EXITED;
	return result->outcome == BOX_SIGNALED &&
	       result->signal == run->crash_signal;
}

/* Whether what was seen of the threads is about this ending. */
static bool threads_matter(const struct run *run,
			   const struct box_result *result)
{
	const struct snapshot *snapshot = &run->box->snapshot;

	switch (run->snapshot_for) {
	case SNAPSHOT_ENDING:
		return true;
	case SNAPSHOT_CRASH:
		return snapshot->threads > 0 && ended_of_it(run, result);
	case SNAPSHOT_QUESTION:
		return result->outcome == BOX_KILLED ||
		       result->outcome == BOX_EXITED;
	case SNAPSHOT_NONE:
		break;
	}
	return false;
}

/* The call that told of it is not what it was doing. */
static void mark_crashed(struct box_thread *thread)
{
	thread->crashed = 1;
	thread->wait = BOX_WAIT_NOTHING;
	thread->syscall_number = -1;
	thread->syscall_name[0] = '\0';
}

/* Last, for it takes time, and all the rest of the result is safe. */
static void add_threads(struct run *run, struct finished *finished)
{
	struct snapshot *snapshot = &run->box->snapshot;
	struct box_result *result = &finished->result;
	int fd;

	if (threads_matter(run, result)) {
		if (run->snapshot_for == SNAPSHOT_CRASH)
			mark_crashed(&snapshot->thread[0].box);
		if (result->outcome == BOX_FORBIDDEN_SYSCALL)
			snapshot->thread[0].box.refused = 1;
		fd = inspect_describe(snapshot,
				      run->box->isolation.inner_uid);
		if (fd >= 0) {
			finished->output_fds[finished->output_count++] = fd;
			result->threads = 1;
		}
	}
	snapshot_release(snapshot);
}

void run_settle(struct run *run, struct finished *finished)
{
	struct box_result *result = &finished->result;
	struct rusage usage;
	uint64_t dead_ns;

	memset(&usage, 0, sizeof usage);
	while (wait4(run->box->launch.init, NULL, __WALL, &usage) < 0 &&
	       errno == EINTR)
		continue;
	launch_bury(run->box);
	dead_ns = run_now_ns();
	drain_captures(run);
	settle_usage(run, &usage, result);
	late_causes(run, result);
	settle_ending(run, dead_ns, result);
	check_captures(run, result);
	collect(run, finished);
	add_threads(run, finished);
	run->box->launch.there = false;
}
