/*
 * prepare.c - what is made once per box, and what a request adds to a launch
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "run_parts.h"

#define MEMLOCK_BYTES (64u * 1024)
/* The kernel adds up what all boxes of a user have queued, timers included,
 * and refuses all of them when it is too much (kernel/ucount.c): each gets a
 * share that is never missed. */
#define SIGPENDING_MAX 256u

/* ---- made once ---- */

static void *make_stack(void)
{
	char *stack = mmap(NULL, INSIDE_STACK_BYTES, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);

	return stack == MAP_FAILED ? NULL : stack;
}

int box_prepare(struct box *box, struct error *err)
{
	size_t i;

	for (i = 0; i < BOX_CHILD_FDS_MAX; i++)
		box->captures[i].read_fd = box->captures[i].write_fd = -1;
	box->init_stack = make_stack();
	box->child_stack = make_stack();
	if (!box->init_stack || !box->child_stack)
		return error_set(err, ENOMEM, "no memory for stacks");
	launch_init(box);
	if (snapshot_init(&box->snapshot) < 0)
		return error_set(err, ENOMEM, "no memory for stacks");
	box->told_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	box->go_fd = eventfd(0, EFD_CLOEXEC);
	box->wall_fd = timerfd_create(CLOCK_MONOTONIC,
				      TFD_CLOEXEC | TFD_NONBLOCK);
	box->check_fd = timerfd_create(CLOCK_MONOTONIC,
				       TFD_CLOEXEC | TFD_NONBLOCK);
	box->self_pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0);
	if (box->told_fd < 0 || box->go_fd < 0 || box->wall_fd < 0 ||
	    box->check_fd < 0 || box->self_pidfd < 0)
		return error_errno(err, errno, "make timers");
	return policy_compile(&box->policy, err);
}

/* ---- preparing ---- */

/* Where to look for the program: its own path, or the usual folders. */
static void prepare_paths(struct run *run)
{
	static const char *const folders[] = { "/usr/local/bin", "/usr/bin",
					       "/bin", "/usr/sbin" };
	const char *name = run->request->argv[0];
	size_t i;

	run->inside->paths = run->paths;
	if (strchr(name, '/')) {
		run->paths[0] = name;
		return;
	}
	for (i = 0; i < sizeof folders / sizeof *folders; i++) {
		(void)snprintf(run->path_text[i], sizeof run->path_text[i],
			       "%s/%s", folders[i], name);
		run->paths[i] = run->path_text[i];
	}
}

/* Never above what the box itself was given: raising takes a privilege. */
static void add_rlimit(struct run *run, int resource, uint64_t value)
{
	struct inside_rlimit *limit = &run->rlimits[run->inside->rlimit_count];
	struct rlimit64 own;

	CHECK(run->inside->rlimit_count < INSIDE_RLIMITS_MAX);
	if (getrlimit64((__rlimit_resource_t)resource, &own) == 0 &&
	    value > own.rlim_max)
		value = own.rlim_max;
	limit->resource = resource;
	limit->value.rlim_cur = limit->value.rlim_max = value;
	run->inside->rlimit_count++;
}

static void prepare_rlimits(struct run *run)
{
	const struct box_limits *limits = &run->request->run.limits;

	run->inside->rlimits = run->rlimits;
	/* a second line behind the timer, in the whole seconds it has */
	add_rlimit(run, RLIMIT_CPU, limits->cpu_us / 1000000u + 2);
	add_rlimit(run, RLIMIT_FSIZE, limits->file_bytes);
	add_rlimit(run, RLIMIT_STACK, limits->stack_bytes);
	add_rlimit(run, RLIMIT_NOFILE, limits->open_files);
	add_rlimit(run, RLIMIT_MEMLOCK, MEMLOCK_BYTES);
	add_rlimit(run, RLIMIT_MSGQUEUE, 0);
	add_rlimit(run, RLIMIT_SIGPENDING, SIGPENDING_MAX);
	add_rlimit(run, RLIMIT_NICE, 0);
	add_rlimit(run, RLIMIT_RTPRIO, 0);
	/* 1 and not 0: that alone also keeps a core_pattern that is a pipe
	 * from being started (fs/coredump.c) */
	add_rlimit(run, RLIMIT_CORE, 1);
	/* counted per user and user namespace; the box and init are of the
	 * same user unless the host's root mapped two */
	if (run->box->cgroup.version == CGROUP_NONE)
		add_rlimit(run, RLIMIT_NPROC,
			   limits->processes +
				   (run->box->isolation.map_root ? 0 : 2));
}

/* What the program waits for on one of these is not its own to give. */
static void note_given(struct run *run, int fd)
{
	struct snapshot_given *given = &run->given;
	struct stat status;

	if (fstat(fd, &status) < 0)
		return;
	given->file[given->count].device = status.st_dev;
	given->file[given->count++].inode = status.st_ino;
}

static int prepare_descriptors(struct run *run, struct error *err)
{
	const struct box_run *spec = &run->request->run;
	struct capture *capture;
	unsigned i;
	int result;

	for (i = 0; i < spec->child_fds; i++) {
		run->inside->child_fds[i] = run->request->child_fds[i];
		if (spec->child_fd_kind[i] != BOX_CHILD_CAPTURE)
			continue;
		capture = &run->box->captures[i];
		result = capture_open(capture, run->request->child_fds[i]);
		if (result < 0)
			return error_errno(err, -result, "make a pipe");
		run->inside->child_fds[i] = capture->write_fd;
	}
	run->inside->child_fd_count = spec->child_fds;
	for (i = 0; i < spec->child_fds; i++)
		note_given(run, run->inside->child_fds[i]);
	return 0;
}

int run_prepare(struct run *run, struct error *err)
{
	struct inside *in = run->inside;

	prepare_paths(run);
	prepare_rlimits(run);
	in->argv = run->request->argv;
	in->envp = run->request->envp;
	in->cwd = run->request->cwd;
	if (prepare_descriptors(run, err) < 0)
		return -err->code;
	return cgroup_begin(&run->box->cgroup, &run->request->run.limits, err);
}
