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
 * Without namespaces (in->plain) a run is a process group instead, which no
 * process of it can leave (withheld.c), and init is whom its orphans come to.
 * When the first process has ended, or the box has, init kills the group,
 * which the kernel does to all members at once, and ends when it has reaped
 * them all. The first process is not reaped before that, so that its number,
 * which is the group's, cannot pass to anybody else.
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
#include <linux/landlock.h>
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

/* To a plain init, from the kernel, when the box has ended. */
#define SIGNAL_BOX_GONE SIGUSR1
#define SIGNAL_BIT(signal) (1ull << ((signal)-1))

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

/* No return. Inlined, and not _Noreturn: before a call that does not return
 * AddressSanitizer looks for the thread's stack, and warns on standard error
 * that this is another. */
static inline __attribute__((always_inline)) void leave(int status)
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

static bool box_is_gone(const struct inside *in)
{
	struct pollfd box = { .fd = in->box_pidfd, .events = POLLIN };
	struct timespec none = { 0 };

	return RAW(SYS_ppoll, &box, 1, &none, NULL, 0) > 0;
}

/* Die with the box, or be told, where there is something to do then; and if
 * it died before we asked for that, die now. All signals are blocked. */
static int tie_to_box(struct inside *in)
{
	STEP(in, "die with the box",
	     RAW(SYS_prctl, PR_SET_PDEATHSIG,
		 in->plain ? SIGNAL_BOX_GONE : SIGKILL));
	if (in->plain)
		STEP(in, "adopt orphans",
		     RAW(SYS_prctl, PR_SET_CHILD_SUBREAPER, 1));
	if (box_is_gone(in))
		leave(1);
	return 0;
}

static int open_places(struct inside *in)
{
	in->report.step = "open /proc";
	in->report.proc_fd = (int)RAW(SYS_openat, AT_FDCWD, "/proc",
				      O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (failed(in, in->report.proc_fd))
		return -1;
	in->report.step = "open /work";
	in->report.work_fd = (int)RAW(
		SYS_openat, in->plain ? in->plain_work_fd : AT_FDCWD,
		in->plain ? "." : "/work", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return failed(in, in->report.work_fd) ? -1 : 0;
}

/* Over the box's own /proc, which nothing reaches any more from then on:
 * taking it away instead would cost ten times as much. */
static int mount_fresh(struct inside *in)
{
	const char *options = in->tmpfs_options;

	if (in->plain)
		return open_places(in);
	STEP(in, "mount /proc",
	     RAW(SYS_mount, "proc", "/proc", "proc",
		 MS_NOSUID | MS_NODEV | MS_NOEXEC, "subset=pid"));
	STEP(in, "mount /tmp",
	     RAW(SYS_mount, "tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV,
		 options));
	STEP(in, "mount /work",
	     RAW(SYS_mount, "tmpfs", "/work", "tmpfs", MS_NOSUID | MS_NODEV,
		 options));
	if (open_places(in) < 0)
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
	in->report.group = (int)RAW(SYS_getpid);
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

/* A program may lower its oom_score_adj again, and in many small processes it
 * would then have the kernel choose the box when memory runs out. Where the
 * box is not safe from that, the program can write nothing in /proc; the price
 * is that a thread cannot name another one. */
static int seal_proc(struct inside *in)
{
	if (!in->seal_proc)
		return 0;
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
		     RAW(SYS_setresgid, in->uid, in->uid, in->uid));
		STEP(in, "change user",
		     RAW(SYS_setresuid, in->uid, in->uid, in->uid));
	}
	STEP(in, "give up capabilities", RAW(SYS_capset, &header, none));
	STEP(in, "gain no privileges",
	     RAW(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	/* after changing the user, which would take it back; init kills the
	 * whole group, but something may kill init */
	if (in->plain)
		STEP(in, "die with init",
		     RAW(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL));
	return 0;
}

static long allow(const struct inside *in, int fd, uint64_t access)
{
	struct landlock_path_beneath_attr rule = {
		.allowed_access = access,
		.parent_fd = fd,
	};

	return RAW(SYS_landlock_add_rule, in->report.ruleset_fd,
		   LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
}

/* The folders that were mounted for this run. */
static int allow_fresh(struct inside *in)
{
	const struct landlock *landlock = in->landlock;
	long fd, result;

	STEP(in, "Landlock: allow /work",
	     allow(in, in->report.work_fd, landlock->write_access));
	STEP(in, "Landlock: allow /proc",
	     allow(in, in->report.proc_fd, landlock->proc_access));
	in->report.step = "Landlock: allow /tmp";
	fd = RAW(SYS_openat, AT_FDCWD, "/tmp", O_PATH | O_CLOEXEC);
	if (failed(in, fd))
		return -1;
	result = allow(in, (int)fd, landlock->write_access);
	(void)RAW(SYS_close, fd);
	return failed(in, result) ? -1 : 0;
}

/* From here on this process reaches no other files than these. */
static int confine(struct inside *in)
{
	const struct landlock *landlock = in->landlock;
	struct landlock_attributes attributes = landlock->attributes;
	unsigned i;

	if (landlock->abi == 0)
		return 0;
	if (in->loopback)
		attributes.handled_network = 0;
	in->report.step = "Landlock: make a ruleset";
	in->report.ruleset_fd = (int)RAW(SYS_landlock_create_ruleset,
					 &attributes,
					 landlock->attributes_size, 0);
	if (failed(in, in->report.ruleset_fd))
		return -1;
	for (i = 0; i < landlock->places; i++)
		STEP(in, "Landlock: allow the box's files",
		     allow(in, landlock->place[i].fd,
			   landlock->place[i].access));
	if (!in->plain && allow_fresh(in) < 0)
		return -1;
	STEP(in, "Landlock: confine",
	     RAW(SYS_landlock_restrict_self, in->report.ruleset_fd, 0));
	(void)RAW(SYS_close, in->report.ruleset_fd);
	in->report.ruleset_fd = -1;
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
	struct pollfd polls[] = {
		{ .fd = in->go_fd, .events = POLLIN },
		{ .fd = in->box_pidfd, .events = POLLIN },
	};
	uint64_t count;

	in->report.ready = true;
	tell(in);
	/* init, which is asleep until we are a program, cannot end us; with
	 * namespaces the kernel does it */
	if (in->plain) {
		STEP(in, "wait for a request",
		     RAW(SYS_ppoll, polls, 2, NULL, NULL, 0));
		if (polls[1].revents)
			leave(1);
	}
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
	       give_up_privileges(in) || confine(in) || install_filter(in) ||
	       wait_for_go(in) || arrange_descriptors(in) || take_limits(in) ||
	       become_program(in));
	for (;;)
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
	if (in->plain) {
		args.flags |= CLONE_PIDFD;
		args.pidfd = (uintptr_t)&in->report.first_fd;
	}
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

/* Reap others until the first process has ended, which is left for later, or
 * the box has. */
static void wait_for_first(const struct inside *in, long first)
{
	const uint64_t news = SIGNAL_BIT(SIGCHLD) | SIGNAL_BIT(SIGNAL_BOX_GONE);
	siginfo_t info;
	long result;

	for (;;) {
		memset(&info, 0, sizeof info);
		result = RAW(SYS_waitid, P_ALL, 0, &info,
			     WEXITED | WNOHANG | WNOWAIT | __WALL, NULL);
		if (result < 0 || info.si_pid == first)
			return;
		if (info.si_pid > 0)
			(void)RAW(SYS_wait4, info.si_pid, NULL, __WALL, NULL);
		else if (RAW(SYS_rt_sigtimedwait, &news, NULL, NULL,
			     sizeof news) == SIGNAL_BOX_GONE &&
			 box_is_gone(in))
			return;
	}
}

/* The same where it is on us to see that nothing is left. */
static void wait_for_group(struct inside *in, long first)
{
	int status = 0;
	long pid;

	wait_for_first(in, first);
	in->report.exit_ns = now_ns();
	(void)RAW(SYS_kill, -first, SIGKILL);
	do {
		pid = RAW(SYS_wait4, -1, &status, __WALL, NULL);
		if (pid == first) {
			in->report.status = status;
			in->report.ended = true;
		}
	} while (pid > 0 || pid == -EINTR);
	in->report.clean = true;
}

void inside_init(void *argument)
{
	struct inside *in = argument;
	long first = -1;

	if (tie_to_box(in) == 0 && mount_fresh(in) == 0 && loopback_up(in) == 0)
		first = start_child(in);
	/* who was killed before that has never been a program */
	in->report.execed = first > 0 && in->report.exec_ns > 0;
	in->report.setup_ns += own_cpu_ns();
	tell(in);
	if (first > 0 && in->plain)
		wait_for_group(in, first);
	else if (first > 0)
		wait_for(in, first);
	for (;;)
		leave(0);
}
