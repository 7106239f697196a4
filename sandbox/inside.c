/*
 * inside.c - from clone to exec, and the init that waits
 *
 * Theory of operation. For each run the box clones an init, which is pid 1 of
 * fresh pid, mount and ipc namespaces. Init shares the box's memory and
 * descriptor table (CLONE_VM | CLONE_FILES) the way a vfork child does, only
 * for longer: no page table is copied, and what it opens or writes the box
 * sees. Init mounts and vforks a child on a stack of its own. The child makes
 * itself harmless, says that it is ready, and waits; this much happens before
 * anybody asks for the run. When the box lets it go it takes what was asked
 * for and execs; from then on it shares nothing. Init stays, reaps everything
 * that is orphaned, and ends when the child has ended, whereupon the kernel
 * kills and reaps all the rest of the namespace.
 *
 * Rules for this file: no malloc, no stdio, no locks, no errno; system calls
 * go through RAW(). All that is needed was prepared before. A failing step
 * leaves its name and errno in the report and ends the process.
 *
 * Why the seccomp filter is installed while the descriptor table is still
 * shared: its listener then appears in the box's table by itself and needs no
 * message. The table is unshared right after, by close_range(2).
 */
#include "inside.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "rawsys.h"

/* Beyond any descriptor: closes nothing, but unshares the table. */
#define NO_SUCH_FD (1u << 30)

static uint64_t now_ns(void)
{
	struct timespec now = { 0 };

	(void)RAW(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static uint64_t own_cpu_ns(void)
{
	struct timespec spent = { 0 };

	(void)RAW(SYS_clock_gettime, CLOCK_PROCESS_CPUTIME_ID, &spent);
	return (uint64_t)spent.tv_sec * 1000000000u + (uint64_t)spent.tv_nsec;
}

static _Noreturn void leave(int status)
{
	for (;;)
		(void)RAW(SYS_exit_group, status);
}

/* Tell the box that the report has news. */
static void tell(const struct inside *in)
{
	uint64_t one = 1;

	(void)RAW(SYS_write, in->told_fd, &one, sizeof one);
}

/* Note a step's name before it runs and its errno when it fails. */
static bool failed(struct inside *in, long result)
{
	if (result >= 0)
		return false;
	in->report.error = (int)-result;
	return true;
}

#define STEP(in, name, call)                \
	do {                                \
		(in)->report.step = (name); \
		if (failed((in), (call)))   \
			return -1;          \
	} while (0)

/* ---- what init does before the child exists ---- */

/* Die with the box; and if it died before we asked for that, die now. */
static int tie_to_box(struct inside *in)
{
	struct pollfd box = { .fd = in->box_pidfd, .events = POLLIN };
	struct timespec none = { 0 };

	STEP(in, "die with the box", RAW(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL));
	STEP(in, "look whether the box lives",
	     RAW(SYS_ppoll, &box, 1, &none, NULL, 0));
	if (box.revents)
		leave(1);
	return 0;
}

/* Over the box's own /proc, which nothing reaches any more from then on:
 * taking it away instead would cost ten times as much. */
static int mount_fresh(struct inside *in)
{
	const char *options = in->tmpfs_options;

	STEP(in, "mount /proc",
	     RAW(SYS_mount, "proc", "/proc", "proc",
		 MS_NOSUID | MS_NODEV | MS_NOEXEC, "subset=pid"));
	STEP(in, "mount /tmp",
	     RAW(SYS_mount, "tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV,
		 options));
	STEP(in, "mount /work",
	     RAW(SYS_mount, "tmpfs", "/work", "tmpfs", MS_NOSUID | MS_NODEV,
		 options));
	in->report.step = "open /proc";
	in->report.proc_fd = (int)RAW(SYS_openat, AT_FDCWD, "/proc",
				      O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (failed(in, in->report.proc_fd))
		return -1;
	in->report.step = "open /work";
	in->report.work_fd = (int)RAW(SYS_openat, AT_FDCWD, "/work",
				      O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (failed(in, in->report.work_fd))
		return -1;
	/* keeps the kernel from taking the mounts down before the result is
	 * out; if it cannot be had, all is only slower */
	in->report.mounts_fd = (int)RAW(SYS_openat, AT_FDCWD,
					"/proc/self/ns/mnt",
					O_RDONLY | O_CLOEXEC);
	return 0;
}

static int loopback_up(struct inside *in)
{
	struct ifreq request;
	long fd, result;

	if (!in->loopback)
		return 0;
	memset(&request, 0, sizeof request);
	memcpy(request.ifr_name, "lo", 3);
	request.ifr_flags = IFF_UP;
	in->report.step = "bring up loopback";
	fd = RAW(SYS_socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (failed(in, fd))
		return -1;
	result = RAW(SYS_ioctl, fd, SIOCSIFFLAGS, &request);
	(void)RAW(SYS_close, fd);
	return failed(in, result) ? -1 : 0;
}

/* ---- what the child does before it is the program ---- */

static int own_session(struct inside *in)
{
	STEP(in, "start a session", RAW(SYS_setsid));
	return 0;
}

/* First to go when memory runs out, before init, which shares the box's
 * memory and would take the box with it. A vfork child's value is its own
 * (mm/oom_kill.c). */
static int be_first_to_go(struct inside *in)
{
	long fd;

	in->report.step = "open oom_score_adj";
	fd = RAW(SYS_openat, AT_FDCWD, "/proc/self/oom_score_adj",
		 O_WRONLY | O_CLOEXEC);
	if (failed(in, fd))
		return -1;
	in->report.step = "write oom_score_adj";
	if (failed(in, RAW(SYS_write, fd, "1000", 4)))
		return -1;
	(void)RAW(SYS_close, fd);
	return 0;
}

/* From here on what the program is to the kernel is not the program's to
 * write: with a lower oom_score_adj, and in many small processes, it would have
 * the kernel choose the box when memory runs out. */
static int seal_proc(struct inside *in)
{
	STEP(in, "make /proc read-only",
	     RAW(SYS_mount, NULL, "/proc", NULL,
		 MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV |
			 MS_NOEXEC,
		 NULL));
	return 0;
}

/* Late, because the limit on descriptors is one for the program's own few,
 * not for the box's table. */
static int take_limits(struct inside *in)
{
	unsigned i;

	in->report.step = "set resource limits";
	for (i = 0; i < in->rlimit_count; i++)
		if (failed(in, RAW(SYS_prlimit64, 0, in->rlimits[i].resource,
				   &in->rlimits[i].value, NULL)))
			return -1;
	return 0;
}

/* The same addresses in every run: a sanitizer's shadow memory wants them in
 * known places, and a crash reads the same twice. */
static int fix_addresses(struct inside *in)
{
	STEP(in, "fix addresses",
	     RAW(SYS_personality, PER_LINUX | ADDR_NO_RANDOMIZE));
	return 0;
}

/* The box keeps to one CPU, where its short steps find a warm cache and no
 * other CPU has to be woken; the program need not. */
static int take_cpus(struct inside *in)
{
	if (in->cpus)
		STEP(in, "take the program's CPUs",
		     RAW(SYS_sched_setaffinity, 0, sizeof *in->cpus, in->cpus));
	return 0;
}

static int default_signals(struct inside *in)
{
	uint64_t none = 0;

	STEP(in, "unblock signals",
	     RAW(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, sizeof none));
	return 0;
}

static int give_up_privileges(struct inside *in)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct none[2];

	memset(none, 0, sizeof none);
	if (in->map_root) {
		STEP(in, "give up groups", RAW(SYS_setgroups, 0, NULL));
		STEP(in, "change group",
		     RAW(SYS_setresgid, INSIDE_UID, INSIDE_UID, INSIDE_UID));
		STEP(in, "change user",
		     RAW(SYS_setresuid, INSIDE_UID, INSIDE_UID, INSIDE_UID));
	}
	STEP(in, "give up capabilities", RAW(SYS_capset, &header, none));
	STEP(in, "gain no privileges",
	     RAW(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	return 0;
}

static int install_filter(struct inside *in)
{
	in->report.step = "install the system call filter";
	in->report.listener_fd = (int)RAW(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
					  SECCOMP_FILTER_FLAG_NEW_LISTENER,
					  in->filter);
	return failed(in, in->report.listener_fd) ? -1 : 0;
}

/* Up to here nobody had to know which program it will be. */
static int wait_for_go(struct inside *in)
{
	uint64_t count;

	in->report.ready = true;
	tell(in);
	STEP(in, "wait for a request",
	     RAW(SYS_read, in->go_fd, &count, sizeof count));
	return 0;
}

/* From here on the descriptor table is the program's own. */
static int arrange_descriptors(struct inside *in)
{
	unsigned i;

	STEP(in, "unshare descriptors",
	     RAW(SYS_close_range, NO_SUCH_FD, ~0u, CLOSE_RANGE_UNSHARE));
	for (i = 0; i < in->child_fd_count; i++)
		STEP(in, "arrange descriptors",
		     RAW(SYS_dup3, in->child_fds[i], i, 0));
	STEP(in, "close other descriptors",
	     RAW(SYS_close_range, in->child_fd_count, ~0u, 0));
	return 0;
}

static int become_program(struct inside *in)
{
	long result = -ENOENT;
	unsigned i;

	STEP(in, "enter the working folder", RAW(SYS_chdir, in->cwd));
	in->report.setup_ns = own_cpu_ns();
	in->report.exec_ns = now_ns();
	in->report.step = INSIDE_STEP_EXEC;
	for (i = 0; in->paths[i] && result == -ENOENT; i++)
		result = RAW(SYS_execve, in->paths[i], in->argv, in->envp);
	return failed(in, result) ? -1 : 0;
}

static _Noreturn void child(void *argument)
{
	struct inside *in = argument;

	(void)(own_session(in) || be_first_to_go(in) || seal_proc(in) ||
	       fix_addresses(in) || take_cpus(in) || default_signals(in) ||
	       give_up_privileges(in) || install_filter(in) ||
	       wait_for_go(in) || arrange_descriptors(in) || take_limits(in) ||
	       become_program(in));
	leave(1);
}

/* ---- init ---- */

/* The child runs while we sleep in vfork; it is a program when we wake. */
static long start_child(struct inside *in)
{
	struct clone_args args;
	long pid;

	memset(&args, 0, sizeof args);
	args.flags = CLONE_VM | CLONE_VFORK | CLONE_FILES;
	args.exit_signal = SIGCHLD;
	args.stack = (uintptr_t)in->child_stack;
	args.stack_size = INSIDE_STACK_BYTES;
	pid = raw_clone3(&args, child, in);
	if (pid < 0) {
		in->report.step = "clone the program";
		in->report.error = (int)-pid;
	}
	return in->report.error ? -1 : pid;
}

/* Reap until the first process has ended. */
static void wait_for(struct inside *in, long first)
{
	int status = 0;
	long pid;

	for (;;) {
		pid = RAW(SYS_wait4, -1, &status, __WALL, NULL);
		if (pid == -EINTR)
			continue;
		if (pid == first || pid < 0)
			break;
	}
	in->report.exit_ns = now_ns();
	if (pid == first) {
		in->report.status = status;
		in->report.ended = true;
	}
}

void inside_init(void *argument)
{
	struct inside *in = argument;
	long first = -1;

	if (tie_to_box(in) == 0 && mount_fresh(in) == 0 && loopback_up(in) == 0)
		first = start_child(in);
	in->report.execed = first > 0;
	in->report.setup_ns += own_cpu_ns();
	tell(in);
	if (first > 0)
		wait_for(in, first);
	leave(0);
}
