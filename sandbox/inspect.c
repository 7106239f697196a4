/*
 * inspect.c - see inspect.h
 *
 * The helper is a fork of the box that gives up everything before it looks at
 * the first byte of the program's: descriptors but for the files to read,
 * user, capabilities, and all system calls but those that libdw needs to read
 * open files. It can only fill the memory file, which nobody takes for more
 * than bytes, end, or waste its own processor time.
 */
#include "inspect.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <poll.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "describe.h"

#define CPU_SECONDS 3
#ifdef __SANITIZE_ADDRESS__ /* its shadow alone takes terabytes of addresses */
#define MEMORY_BYTES RLIM64_INFINITY
#else
#define MEMORY_BYTES (1ull << 30) /* addresses; files are mapped */
#endif

/* ---- confinement ---- */

static bool is_kept(const struct snapshot *snapshot, int fd)
{
	unsigned i, k;

	for (i = 0; i < snapshot->processes; i++)
		for (k = 0; k < snapshot->process[i].objects; k++)
			if (snapshot->process[i].object[k].fd == fd)
				return true;
	return false;
}

static void close_others(const struct snapshot *snapshot)
{
	int fd;

	for (fd = 0; fd < 1024; fd++)
		if (!is_kept(snapshot, fd))
			(void)close(fd);
	(void)close_range(1024, ~0u, 0);
}

static bool limit(__rlimit_resource_t resource, uint64_t value)
{
	struct rlimit64 limit = { .rlim_cur = value, .rlim_max = value };

	return setrlimit64(resource, &limit) == 0;
}

/* When memory runs out it is this process that the kernel is to take. */
static void be_first_to_go(void)
{
	AUTO_CLOSE int fd = open("/proc/self/oom_score_adj",
				 O_WRONLY | O_CLOEXEC);

	(void)!write(fd, "1000", 4);
}

static bool drop_privileges(unsigned uid)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct none[2] = { { 0 } };

	if (uid != geteuid() &&
	    (setresgid(uid, uid, uid) < 0 || setresuid(uid, uid, uid) < 0))
		return false;
	return syscall(SYS_capset, &header, none) == 0 &&
	       prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

/* What reading a file that is open takes, and memory. */
static bool allow_reading_only(void)
{
	static const char *const calls[] = {
		"read",         "pread64", "lseek",     "fstat",
		"newfstatat",   "mmap",    "munmap",    "mremap",
		"mprotect",     "madvise", "brk",       "close",
		"fcntl",        "futex",   "getrandom", "exit_group",
		"rt_sigreturn", "getpid",
	};
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	bool ok = filter != NULL;
	size_t i;

	for (i = 0; ok && i < sizeof calls / sizeof *calls; i++)
		ok = seccomp_rule_add(filter, SCMP_ACT_ALLOW,
				      seccomp_syscall_resolve_name(calls[i]),
				      0) == 0;
	ok = ok && seccomp_load(filter) == 0;
	seccomp_release(filter);
	return ok;
}

static bool confine(const struct snapshot *snapshot, unsigned uid)
{
	be_first_to_go();
	close_others(snapshot);
	return limit(RLIMIT_CPU, CPU_SECONDS) &&
	       limit(RLIMIT_AS, MEMORY_BYTES) && limit(RLIMIT_CORE, 0) &&
	       limit(RLIMIT_NPROC, 0) && limit(RLIMIT_FSIZE, 0) &&
	       drop_privileges(uid) && allow_reading_only();
}

static _Noreturn void help(const struct snapshot *snapshot, unsigned uid,
			   struct box_threads *ret)
{
	/* the box ignores all signals, a limit on time is one */
	sigset_t none;

	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!confine(snapshot, uid))
		_exit(1);
	describe(snapshot, ret);
	_exit(0);
}

/* ---- the box's side ---- */

/* In place of stacks: what the kernel said. */
static void tell_without_stacks(const struct snapshot *snapshot,
				const char *why, struct box_threads *ret)
{
	unsigned i;

	ret->all = snapshot->all;
	ret->threads = snapshot->threads;
	for (i = 0; i < snapshot->threads; i++) {
		unsigned frames = ret->thread[i].frames;

		if (frames == 0 || frames > BOX_FRAMES_MAX)
			ret->thread[i] = snapshot->thread[i].box;
	}
	(void)snprintf(ret->trouble, sizeof ret->trouble, "%s", why);
}

/* By its limit of processor time: on a busy machine, or with a lot to read. */
static bool ran_out_of_time(int status)
{
	return WIFSIGNALED(status) &&
	       (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL);
}

static void wait_for_helper(pid_t helper, const struct snapshot *snapshot,
			    struct box_threads *ret)
{
	AUTO_CLOSE int pidfd = (int)syscall(SYS_pidfd_open, helper, 0);
	struct pollfd over = { .fd = pidfd, .events = POLLIN };
	bool in_time;
	int status = 0;

	in_time = pidfd >= 0 && poll(&over, 1, INSPECT_PATIENCE_MS) > 0;
	if (!in_time)
		(void)kill(helper, SIGKILL);
	while (waitpid(helper, &status, 0) < 0 && errno == EINTR)
		continue;
	if (!in_time || ran_out_of_time(status))
		tell_without_stacks(snapshot,
				    "reading the stacks took too long", ret);
	else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		tell_without_stacks(
			snapshot, "the stacks or debug information are broken",
			ret);
}

int inspect_describe(const struct snapshot *snapshot, unsigned uid)
{
	AUTO_CLOSE int fd = memfd_create("threads", MFD_CLOEXEC);
	struct box_threads *threads;
	pid_t helper;

	if (fd < 0 || ftruncate(fd, sizeof *threads) < 0)
		return -errno;
	threads = mmap(NULL, sizeof *threads, PROT_READ | PROT_WRITE,
		       MAP_SHARED, fd, 0);
	if (threads == MAP_FAILED)
		return -errno;
	helper = fork();
	if (helper == 0)
		help(snapshot, uid, threads);
	if (helper > 0)
		wait_for_helper(helper, snapshot, threads);
	else
		tell_without_stacks(snapshot, "no process to read them with",
				    threads);
	(void)munmap(threads, sizeof *threads);
	return TAKE_FD(fd);
}
