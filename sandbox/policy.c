/*
 * policy.c - the tables of allowed system calls, and their compilation
 *
 * Default deny. A call is in one of four tables:
 *   allowed[]   goes through, never seen by the box
 *   checked[]   goes through when one integer argument, masked, has a given
 *               value. Never a plain comparison: the kernel looks at 32 bits
 *               of an int, a plain comparison at 64, and "value | 1 << 32"
 *               would slip through. Never a pointer: what it points to can
 *               change after the check.
 *   harmless[]  libraries try these on a good day and cope without: answered
 *               with an errno, the run goes on
 *   any other   reported to the box by SECCOMP_RET_USER_NOTIF, which ends the
 *               run as "forbidden-syscall" with name, number and arguments;
 *               but for what syncs.c counts, where a dialogue makes it
 *
 * What two programs could talk over that never ought to meet counts as harmful
 * even where it is usual elsewhere: locks and watches on files are seen by
 * every box that has the same file mounted, a pipe's size counts against its
 * user.
 *
 * Only the native architecture has tables: any call of int 0x80 or x32 is
 * reported to the box like one that is in none of them.
 * Filters are compiled to a binary tree, which costs less to install and to
 * pass than a list (libseccomp, SCMP_FLTATR_CTL_OPTIMIZE).
 */
#include "policy.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <termios.h>
#include <unistd.h>

#include <assay/cleanup.h>

/* Marks a call of x32 (arch/x86/include/uapi/asm/unistd.h). */
#define X32_BIT 0x40000000

/* Who may use a line of a table. */
enum {
	RUN = 1 << BOX_PROFILE_RUN,
	BUILD = 1 << BOX_PROFILE_BUILD,
	JUDGE = 1 << BOX_PROFILE_JUDGE,
	EXPLORE = 1 << BOX_PROFILE_EXPLORE,
	DIALOGUE = 1 << BOX_PROFILE_DIALOGUE,
	ALL = RUN | BUILD | JUDGE | EXPLORE | DIALOGUE,
	FORKING = ALL & ~EXPLORE,       /* what takes more than one process */
	USUAL = RUN | JUDGE | DIALOGUE, /* programs that need not be searched */
	IPC = RUN | DIALOGUE,           /* who gets a namespace for it */
	UNCOUNTED = ALL & ~DIALOGUE,    /* there, it is for syncs.c to see */
	LOOPBACK = 1 << 8, /* the usual ones, with the loopback network only */
};

/* the tables are laid out to be read */
/* clang-format off */

struct allowed {
	const char *name;
	int who;
};

static const struct allowed allowed[] = {
	/* files and descriptors; the file system is the box's own */
	{ "read", ALL }, { "write", ALL }, { "readv", ALL },
	{ "writev", ALL }, { "pread64", ALL }, { "pwrite64", ALL },
	{ "preadv", ALL }, { "pwritev", ALL }, { "preadv2", ALL },
	{ "pwritev2", UNCOUNTED }, { "open", UNCOUNTED }, { "openat", UNCOUNTED },
	{ "creat", ALL }, { "close", ALL }, { "close_range", ALL },
	{ "dup", ALL }, { "dup2", ALL }, { "dup3", ALL }, { "lseek", ALL },
	{ "stat", ALL }, { "fstat", ALL }, { "lstat", ALL },
	{ "newfstatat", ALL }, { "statx", ALL }, { "statfs", ALL },
	{ "fstatfs", ALL }, { "access", ALL }, { "faccessat", ALL },
	{ "faccessat2", ALL }, { "readlink", ALL }, { "readlinkat", ALL },
	{ "getdents", ALL }, { "getdents64", ALL }, { "getcwd", ALL },
	{ "chdir", ALL }, { "fchdir", ALL }, { "mkdir", ALL },
	{ "mkdirat", ALL }, { "rmdir", ALL }, { "rename", ALL },
	{ "renameat", ALL }, { "renameat2", ALL }, { "link", ALL },
	{ "linkat", ALL }, { "symlink", ALL }, { "symlinkat", ALL },
	{ "unlink", ALL }, { "unlinkat", ALL }, { "chmod", ALL },
	{ "fchmod", ALL }, { "fchmodat", ALL }, { "umask", ALL },
	{ "truncate", ALL }, { "ftruncate", ALL }, { "fallocate", ALL },
	{ "fsync", UNCOUNTED }, { "fdatasync", UNCOUNTED }, { "sync_file_range", UNCOUNTED },
	{ "utimensat", ALL },
	{ "utime", ALL }, { "utimes", ALL }, { "futimesat", ALL },
	{ "sendfile", ALL }, { "copy_file_range", ALL }, { "splice", ALL },
	{ "tee", ALL }, { "fadvise64", ALL }, { "readahead", ALL },
	{ "pipe", ALL }, { "pipe2", ALL }, { "memfd_create", ALL },
	/* waiting */
	{ "poll", ALL }, { "ppoll", ALL }, { "select", ALL },
	{ "pselect6", ALL }, { "epoll_create", ALL },
	{ "epoll_create1", ALL }, { "epoll_ctl", ALL },
	{ "epoll_wait", ALL }, { "epoll_pwait", ALL },
	{ "epoll_pwait2", ALL }, { "eventfd", ALL }, { "eventfd2", ALL },
	{ "timerfd_create", ALL }, { "timerfd_settime", ALL },
	{ "timerfd_gettime", ALL }, { "signalfd", ALL },
	{ "signalfd4", ALL }, { "pause", ALL }, { "nanosleep", ALL },
	{ "clock_nanosleep", ALL },
	/* memory */
	{ "brk", ALL }, { "mmap", ALL }, { "munmap", ALL },
	{ "mremap", ALL }, { "mprotect", ALL }, { "madvise", ALL },
	{ "mincore", ALL }, { "msync", UNCOUNTED }, { "mlock", ALL },
	{ "mlock2", ALL }, { "munlock", ALL }, { "mlockall", ALL },
	{ "munlockall", ALL }, { "membarrier", ALL },
	{ "pkey_alloc", ALL }, { "pkey_free", ALL },
	{ "pkey_mprotect", ALL },
	/* threads and processes; clone itself is among the checked */
	{ "fork", FORKING }, { "vfork", FORKING },
	/* to become the program: the filter is there before it is */
	{ "execve", ALL },
	{ "execveat", FORKING }, { "exit", ALL }, { "exit_group", ALL },
	{ "wait4", FORKING }, { "waitid", FORKING }, { "futex", ALL },
	{ "futex_waitv", ALL }, { "futex_wait", ALL }, { "futex_wake", ALL },
	{ "futex_requeue", ALL }, { "set_robust_list", ALL },
	{ "get_robust_list", ALL }, { "set_tid_address", ALL },
	{ "rseq", ALL }, { "arch_prctl", ALL }, { "gettid", ALL },
	{ "getpid", ALL }, { "getppid", ALL }, { "getpgid", ALL },
	{ "getpgrp", ALL }, { "setpgid", ALL }, { "getsid", ALL },
	{ "setsid", ALL }, { "sched_yield", ALL },
	{ "sched_getaffinity", ALL }, { "sched_getparam", ALL },
	{ "sched_getscheduler", ALL }, { "sched_get_priority_max", ALL },
	{ "sched_get_priority_min", ALL }, { "getcpu", ALL },
	{ "getpriority", ALL }, { "pidfd_open", FORKING },
	{ "pidfd_send_signal", FORKING },
	/* signals; all a run can reach is its own namespace */
	{ "rt_sigaction", ALL }, { "rt_sigprocmask", ALL },
	{ "rt_sigreturn", ALL }, { "rt_sigpending", ALL },
	{ "rt_sigsuspend", ALL }, { "rt_sigtimedwait", ALL },
	{ "rt_sigqueueinfo", FORKING }, { "rt_tgsigqueueinfo", FORKING },
	{ "sigaltstack", ALL }, { "kill", FORKING }, { "tkill", FORKING },
	{ "tgkill", ALL }, { "restart_syscall", ALL }, { "alarm", ALL },
	{ "getitimer", ALL }, { "setitimer", ALL },
	{ "timer_create", ALL }, { "timer_settime", ALL },
	{ "timer_gettime", ALL }, { "timer_getoverrun", ALL },
	{ "timer_delete", ALL },
	/* time, identity, limits */
	{ "clock_gettime", ALL }, { "clock_getres", ALL },
	{ "gettimeofday", ALL }, { "time", ALL }, { "times", ALL },
	{ "getrusage", ALL }, { "getrlimit", ALL }, { "setrlimit", ALL },
	{ "getuid", ALL }, { "geteuid", ALL },
	{ "getgid", ALL }, { "getegid", ALL }, { "getresuid", ALL },
	{ "getresgid", ALL }, { "getgroups", ALL }, { "capget", ALL },
	/* without capabilities and with one id these change nothing */
	{ "setuid", ALL }, { "setgid", ALL }, { "setreuid", ALL },
	{ "setregid", ALL }, { "setresuid", ALL }, { "setresgid", ALL },
	{ "setgroups", ALL },
	{ "uname", ALL }, { "sysinfo", ALL }, { "getrandom", ALL },
	/* System V ipc, in a namespace of the run's own */
	{ "shmget", IPC }, { "shmat", IPC },
	{ "shmdt", IPC }, { "shmctl", IPC },
	{ "semget", IPC }, { "semop", IPC },
	{ "semtimedop", IPC }, { "semctl", IPC },
	{ "msgget", IPC }, { "msgsnd", IPC },
	{ "msgrcv", IPC }, { "msgctl", IPC },
	/* on the sockets a run was given; those that pass descriptors on,
	 * sendmsg and recvmsg, are for loopback only */
	{ "sendto", USUAL | EXPLORE },
	{ "recvfrom", USUAL | EXPLORE },
	{ "shutdown", USUAL | EXPLORE },
	/* sockets on loopback */
	{ "bind", LOOPBACK }, { "listen", LOOPBACK },
	{ "accept", LOOPBACK }, { "accept4", LOOPBACK },
	{ "connect", LOOPBACK }, { "getsockname", LOOPBACK },
	{ "getpeername", LOOPBACK }, { "setsockopt", LOOPBACK },
	{ "getsockopt", LOOPBACK },
	{ "sendmsg", LOOPBACK }, { "recvmsg", LOOPBACK },
	{ "sendmmsg", LOOPBACK }, { "recvmmsg", LOOPBACK },
};

#define INT_MASK 0xffffffffu
#define NEW_NAMESPACES                                               \
	((unsigned)CLONE_NEWNS | (unsigned)CLONE_NEWCGROUP |         \
	 (unsigned)CLONE_NEWUTS | (unsigned)CLONE_NEWIPC |           \
	 (unsigned)CLONE_NEWUSER | (unsigned)CLONE_NEWPID |          \
	 (unsigned)CLONE_NEWNET | 0x80u /* CLONE_NEWTIME */)

/* Allowed when (argument & mask) == value; several lines are alternatives. */
struct checked {
	const char *name;
	unsigned argument;
	uint32_t mask;
	uint32_t value;
	int who;
};

static const struct checked checked[] = {
	/* no writing that is as good as a sync, and not counted as one */
	{ "open", 1, O_DSYNC, 0, DIALOGUE },
	{ "openat", 2, O_DSYNC, 0, DIALOGUE },
	{ "pwritev2", 5, RWF_SYNC | RWF_DSYNC, 0, DIALOGUE },
	{ "msync", 2, MS_SYNC, 0, DIALOGUE },
	/* no new namespace of any kind */
	{ "clone", 0, NEW_NAMESPACES, 0, FORKING },
	{ "clone", 0, NEW_NAMESPACES | CLONE_THREAD, CLONE_THREAD, EXPLORE },
	/* a pair of connected local sockets is a pipe with two ways */
	{ "socketpair", 0, INT_MASK, AF_UNIX, USUAL },
	{ "socket", 0, INT_MASK, AF_UNIX, LOOPBACK },
	{ "socket", 0, INT_MASK, AF_INET, LOOPBACK },
	{ "socket", 0, INT_MASK, AF_INET6, LOOPBACK },
	/* no TIOCSTI, no TIOCLINUX: only what asks or is about descriptors */
	{ "ioctl", 1, INT_MASK, TCGETS, ALL },
	{ "ioctl", 1, INT_MASK, TIOCGWINSZ, ALL },
	{ "ioctl", 1, INT_MASK, TIOCGPGRP, ALL },
	{ "ioctl", 1, INT_MASK, FIONREAD, ALL },
	{ "ioctl", 1, INT_MASK, FIONBIO, ALL },
	{ "ioctl", 1, INT_MASK, FIOCLEX, ALL },
	{ "ioctl", 1, INT_MASK, FIONCLEX, ALL },
	/* nothing that another box could see: no lock, lease or notice */
	{ "fcntl", 1, INT_MASK, F_DUPFD, ALL },
	{ "fcntl", 1, INT_MASK, F_DUPFD_CLOEXEC, ALL },
	{ "fcntl", 1, INT_MASK, F_GETFD, ALL },
	{ "fcntl", 1, INT_MASK, F_SETFD, ALL },
	{ "fcntl", 1, INT_MASK, F_GETFL, ALL },
	{ "fcntl", 1, INT_MASK, F_SETFL, ALL },
	{ "fcntl", 1, INT_MASK, F_GETOWN, ALL },
	{ "fcntl", 1, INT_MASK, F_SETOWN, ALL },
	{ "fcntl", 1, INT_MASK, F_GETOWN_EX, ALL },
	{ "fcntl", 1, INT_MASK, F_SETOWN_EX, ALL },
	{ "fcntl", 1, INT_MASK, F_GETSIG, ALL },
	{ "fcntl", 1, INT_MASK, F_SETSIG, ALL },
	{ "fcntl", 1, INT_MASK, F_GETPIPE_SZ, ALL },
	{ "fcntl", 1, INT_MASK, F_GET_SEALS, ALL },
	{ "fcntl", 1, INT_MASK, F_ADD_SEALS, ALL },
	{ "prctl", 0, INT_MASK, PR_SET_NAME, ALL },
	{ "prctl", 0, INT_MASK, PR_GET_NAME, ALL },
	{ "prctl", 0, INT_MASK, PR_SET_PDEATHSIG, ALL },
	{ "prctl", 0, INT_MASK, PR_GET_PDEATHSIG, ALL },
	{ "prctl", 0, INT_MASK, PR_SET_NO_NEW_PRIVS, ALL },
	{ "prctl", 0, INT_MASK, PR_GET_NO_NEW_PRIVS, ALL },
	{ "prctl", 0, INT_MASK, PR_GET_DUMPABLE, ALL },
	{ "prctl", 0, INT_MASK, PR_GET_SECCOMP, ALL },
	{ "prctl", 0, INT_MASK, PR_CAPBSET_READ, ALL },
	{ "prctl", 0, INT_MASK, PR_SET_TIMERSLACK, ALL },
	{ "prctl", 0, INT_MASK, PR_GET_TIMERSLACK, ALL },
	{ "prctl", 0, INT_MASK, PR_SET_VMA, ALL },
	/* for the keeper in front of it: nobody meddles with it by /proc, and
	 * what a program left behind comes to it */
	{ "prctl", 0, INT_MASK, PR_SET_DUMPABLE, DIALOGUE },
	{ "prctl", 0, INT_MASK, PR_SET_CHILD_SUBREAPER, DIALOGUE },
	/* a filter can only take away, and a second listener there is not:
	 * EBUSY (kernel/seccomp.c); a clock that tells nothing, likewise */
	{ "prctl", 0, INT_MASK, PR_SET_SECCOMP, EXPLORE },
	{ "seccomp", 0, INT_MASK, SECCOMP_SET_MODE_FILTER, EXPLORE },
	{ "prctl", 0, INT_MASK, PR_SET_TSC, EXPLORE },
	{ "prctl", 0, INT_MASK, PR_GET_TSC, EXPLORE },
	/* one's own only: init may be of the same user, and dies by a limit */
	{ "prlimit64", 0, INT_MASK, 0, ALL },
	/* asking for the personality, and setting what is set already */
	{ "personality", 0, INT_MASK, 0xffffffffu, ALL },
	{ "personality", 0, INT_MASK, 0x0040000u, ALL },
	{ "personality", 0, INT_MASK, 0, ALL },
};

/* Not allowed, but tried by libraries that do without: an errno. With a mask,
 * only where (first argument & mask) == value. The first line that fits is
 * the answer. */
struct harmless {
	const char *name;
	int error;
	uint32_t mask, value;
};

static const struct harmless harmless[] = {
	/* glibc falls back to clone, whose flags can be looked at */
	{ "clone3", ENOSYS, 0, 0 },
	/* glibc asks nscd about users and hosts before it reads its files */
	{ "socket", EAFNOSUPPORT, INT_MASK, AF_UNIX },
	{ "ioctl", ENOTTY, 0, 0 },
	{ "prctl", EINVAL, 0, 0 },
	{ "prlimit64", EPERM, 0, 0 },
	/* as on a file system that has no locks */
	{ "flock", ENOLCK, 0, 0 },
	{ "fcntl", ENOLCK, 0, 0 },
	/* as for a user who watches all that one user may */
	{ "inotify_init", EMFILE, 0, 0 },
	{ "inotify_init1", EMFILE, 0, 0 },
	{ "inotify_add_watch", EBADF, 0, 0 },
	{ "inotify_rm_watch", EBADF, 0, 0 },
	{ "sched_setaffinity", EPERM, 0, 0 },
	{ "sched_setscheduler", EPERM, 0, 0 },
	{ "sched_setparam", EPERM, 0, 0 },
	{ "sched_setattr", EPERM, 0, 0 },
	{ "sched_getattr", EPERM, 0, 0 },
	{ "setpriority", EPERM, 0, 0 },
	{ "ioprio_set", EPERM, 0, 0 },
	{ "chown", EPERM, 0, 0 },
	{ "fchown", EPERM, 0, 0 },
	{ "lchown", EPERM, 0, 0 },
	{ "fchownat", EPERM, 0, 0 },
	{ "getxattr", ENOTSUP, 0, 0 },
	{ "lgetxattr", ENOTSUP, 0, 0 },
	{ "fgetxattr", ENOTSUP, 0, 0 },
	{ "listxattr", ENOTSUP, 0, 0 },
	{ "llistxattr", ENOTSUP, 0, 0 },
	{ "flistxattr", ENOTSUP, 0, 0 },
	{ "get_mempolicy", ENOSYS, 0, 0 },
	{ "openat2", ENOSYS, 0, 0 },
	{ "mbind", ENOSYS, 0, 0 },
};

/* clang-format on */

bool policy_has_ipc(unsigned profile)
{
	return IPC & (1 << profile);
}

static bool may_use(int who, int profile, int network)
{
	if (who & LOOPBACK)
		return network == BOX_NETWORK_LOOPBACK &&
		       USUAL & (1 << profile);
	return who & (1 << profile);
}

/* A name that this kernel's architecture or libseccomp does not have is no
 * call that could be made: nothing to allow. */
static int number_of(const char *name)
{
	return seccomp_syscall_resolve_name(name);
}

static int add_allowed(scmp_filter_ctx filter, const struct withheld_host *host,
		       int profile, int network)
{
	size_t i;
	int result, number;

	for (i = 0; i < sizeof allowed / sizeof *allowed; i++) {
		number = number_of(allowed[i].name);
		if (number < 0 || !may_use(allowed[i].who, profile, network) ||
		    withheld_has(host, allowed[i].name, profile))
			continue;
		result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0);
		if (result < 0)
			return result;
	}
	return 0;
}

static int add_checked(scmp_filter_ctx filter, const struct withheld_host *host,
		       int profile, int network)
{
	size_t i;
	int result;

	for (i = 0; i < sizeof checked / sizeof *checked; i++) {
		const struct checked *line = &checked[i];
		struct scmp_arg_cmp compare = SCMP_CMP(line->argument,
						       SCMP_CMP_MASKED_EQ,
						       line->mask, line->value);

		if (!may_use(line->who, profile, network) ||
		    withheld_has(host, line->name, profile))
			continue;
		result = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW,
						number_of(line->name), 1,
						&compare);
		if (result < 0)
			return result;
	}
	return 0;
}

static bool is_checked(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof checked / sizeof *checked; i++)
		if (strcmp(checked[i].name, name) == 0)
			return true;
	return false;
}

/* A rule without arguments would hide the checked ones of the same call, so
 * those are left to the box: see policy_answer(). */
static int add_harmless(scmp_filter_ctx filter)
{
	size_t i;
	int result, number;

	for (i = 0; i < sizeof harmless / sizeof *harmless; i++) {
		number = number_of(harmless[i].name);
		if (number < 0 || is_checked(harmless[i].name))
			continue;
		result = seccomp_rule_add(
			filter, SCMP_ACT_ERRNO((uint16_t)harmless[i].error),
			number, 0);
		if (result < 0)
			return result;
	}
	return 0;
}

/* The numbers of harmless[], so that answering a program that makes a million
 * such calls is not a million times a search by name. */
static int harmless_numbers[sizeof harmless / sizeof *harmless];

static void number_harmless(void)
{
	size_t i;

	for (i = 0; i < sizeof harmless / sizeof *harmless; i++)
		harmless_numbers[i] = number_of(harmless[i].name);
}

int policy_answer(const struct seccomp_data *call)
{
	size_t i;

	/* elsewhere the same number is another call */
	if (call->arch != seccomp_arch_native())
		return 0;
	for (i = 0; i < sizeof harmless / sizeof *harmless; i++)
		if (harmless_numbers[i] == call->nr &&
		    (call->args[0] & harmless[i].mask) == harmless[i].value)
			return harmless[i].error;
	return 0;
}

/* libseccomp 2.5 exports to a descriptor only; read it back. */
static int export_program(scmp_filter_ctx filter, struct sock_fprog *ret)
{
	AUTO_CLOSE int fd = memfd_create("policy", MFD_CLOEXEC);
	AUTO_FREE struct sock_filter *code = NULL;
	struct stat status;
	int result;

	if (fd < 0)
		return -errno;
	result = seccomp_export_bpf(filter, fd);
	if (result < 0)
		return result;
	if (fstat(fd, &status) < 0)
		return -errno;
	code = malloc((size_t)status.st_size);
	if (!code)
		return -ENOMEM;
	if (pread(fd, code, (size_t)status.st_size, 0) != status.st_size)
		return -EIO;
	ret->len = (unsigned short)((size_t)status.st_size / sizeof *code);
	ret->filter = TAKE_PTR(code);
	return 0;
}

static int compile_one(const struct withheld_host *host, int profile,
		       int network, struct sock_fprog *ret)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_NOTIFY);
	int result;

	if (!filter)
		return -ENOMEM;
	result = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH,
				  SCMP_ACT_NOTIFY);
	if (result == 0)
		result = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (result == 0)
		result = add_allowed(filter, host, profile, network);
	if (result == 0)
		result = withheld_add(filter, host, profile);
	if (result == 0)
		result = add_checked(filter, host, profile, network);
	if (result == 0)
		result = add_harmless(filter);
	if (result == 0)
		result = export_program(filter, ret);
	seccomp_release(filter);
	return result;
}

void policy_init(struct policy *policy, const struct withheld_host *host)
{
	memset(policy, 0, sizeof *policy);
	number_harmless();
	policy->host = *host;
}

int policy_filter(struct policy *policy, unsigned profile, unsigned network,
		  const struct sock_fprog **ret, struct error *err)
{
	struct sock_fprog *filter;
	int result;

	CHECK(profile < BOX_PROFILE_MAX && network < POLICY_NETWORKS);
	filter = &policy->filters[profile][network];
	if (!filter->filter) {
		result = compile_one(&policy->host, (int)profile, (int)network,
				     filter);
		if (result < 0)
			return error_errno(err, -result,
					   "compile seccomp filter");
	}
	*ret = filter;
	return 0;
}

void policy_release(struct policy *policy)
{
	int profile, network;

	for (profile = 0; profile < BOX_PROFILE_MAX; profile++)
		for (network = 0; network < POLICY_NETWORKS; network++)
			free(policy->filters[profile][network].filter);
	memset(policy, 0, sizeof *policy);
}

void policy_syscall_name(int number, char *name, size_t size)
{
	AUTO_FREE char *known = seccomp_syscall_resolve_num_arch(
		seccomp_arch_native(), number);

	if (known)
		(void)snprintf(name, size, "%s", known);
	else
		(void)snprintf(name, size, "%d", number);
}

/* What a foreign call is called where it is at home, and where that is. */
static void foreign_name(uint32_t arch, const char *home, int number,
			 char *name, size_t size)
{
	AUTO_FREE char *known = seccomp_syscall_resolve_num_arch(arch, number);

	if (known)
		(void)snprintf(name, size, "%s (%s)", known, home);
	else
		(void)snprintf(name, size, "%d (%s)", number, home);
}

void policy_call_name(const struct seccomp_data *call, char *name, size_t size)
{
	if (call->arch == SCMP_ARCH_X86)
		foreign_name(SCMP_ARCH_X86, "i386", call->nr, name, size);
	else if (call->arch == SCMP_ARCH_X86_64 && call->nr & X32_BIT)
		foreign_name(SCMP_ARCH_X32, "x32", call->nr, name, size);
	else if (call->arch != seccomp_arch_native())
		foreign_name(call->arch, "foreign", call->nr, name, size);
	else
		policy_syscall_name(call->nr, name, size);
}
