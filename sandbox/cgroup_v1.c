/*
 * cgroup_v1.c - see cgroup.h; facts about files from the kernel's
 * Documentation/admin-guide/cgroup-v1/{memory,pids,cpuacct}.rst
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "cgroup_parts.h"

static const struct {
	enum cgroup_file file;
	int folder;
	const char *name;
} files[] = {
	{ CGROUP_MEMORY_LIMIT, CGROUP_MEMORY, "memory.limit_in_bytes" },
	{ CGROUP_MEMORY_USAGE, CGROUP_MEMORY, "memory.usage_in_bytes" },
	{ CGROUP_MEMORY_PEAK, CGROUP_MEMORY, "memory.max_usage_in_bytes" },
	{ CGROUP_MEMORY_EVENTS, CGROUP_MEMORY, "memory.oom_control" },
	{ CGROUP_MEMORY_STAT, CGROUP_MEMORY, "memory.stat" },
	{ CGROUP_PIDS_LIMIT, CGROUP_PIDS, "pids.max" },
	{ CGROUP_PIDS_EVENTS, CGROUP_PIDS, "pids.events" },
	{ CGROUP_CPU_USAGE, CGROUP_CPUACCT, "cpuacct.usage" },
};

const char *cgroup_v1_controller(int folder)
{
	static const char *const names[CGROUP_FOLDERS] = {
		[CGROUP_MEMORY] = "memory",
		[CGROUP_PIDS] = "pids",
		[CGROUP_CPUACCT] = "cpuacct",
	};

	return names[folder];
}

static uint64_t own_cpu_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* An eventfd that the kernel signals when the folder runs out of memory. */
static int watch_oom(int dir_fd)
{
	AUTO_CLOSE int event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	AUTO_CLOSE int control = openat(dir_fd, "memory.oom_control",
					O_RDONLY | O_CLOEXEC);
	char text[64];

	if (event < 0 || control < 0)
		return -1;
	(void)snprintf(text, sizeof text, "%d %d", event, control);
	if (cgroup_write_text(dir_fd, "cgroup.event_control", text) < 0)
		return -1;
	return TAKE_FD(event);
}

static bool enter_folders(struct cgroup *cgroup)
{
	char parent[256];
	size_t i;
	int folder;

	for (folder = 0; folder < CGROUP_FOLDERS; folder++)
		if (!cgroup_find_own(cgroup_v1_controller(folder), parent,
				     sizeof parent) ||
		    cgroup_make_folder(cgroup, folder, parent) < 0 ||
		    cgroup_write_text(cgroup->dir_fd[folder], "cgroup.procs",
				      "0") < 0)
			return false;
	for (i = 0; i < sizeof files / sizeof *files; i++)
		if (cgroup_open_file(cgroup, files[i].file,
				     cgroup->dir_fd[files[i].folder],
				     files[i].name) < 0)
			return false;
	return true;
}

/* The first time that a file is read the kernel takes a buffer for it
 * (fs/seq_file.c), which counts for the folder of who reads: for this one. With
 * a run at its limit the box would then wait for the run to be killed, and from
 * the moment on that the kernel has done with looking at it (MMF_OOM_SKIP in
 * mm/mmap.c, before its page tables are given back) be next, with init, where
 * it is not safe. So all are read now. */
static void take_buffers(const struct cgroup *cgroup)
{
	enum cgroup_file file;

	for (file = 0; file < CGROUP_FILES; file++)
		if (cgroup->file_fd[file] >= 0)
			(void)cgroup_read(cgroup, file, NULL);
}

bool cgroup_v1_open(struct cgroup *cgroup)
{
	int memory;

	cgroup->version = CGROUP_V1;
	if (!enter_folders(cgroup)) {
		cgroup_close(cgroup);
		return false;
	}
	memory = cgroup->dir_fd[CGROUP_MEMORY];
	cgroup->swap_limited = cgroup_open_file(
				       cgroup, CGROUP_SWAP_LIMIT, memory,
				       "memory.memsw.limit_in_bytes") == 0;
	/* what cannot be had is told as 0 */
	(void)cgroup_open_file(cgroup, CGROUP_KERNEL_USAGE, memory,
			       "memory.kmem.usage_in_bytes");
	cgroup->oom_event_fd = watch_oom(memory);
	take_buffers(cgroup);
	return true;
}

/* Memory plus swap may never be limited lower than memory alone, so a limit
 * that goes up has to go up there first: the first write then fails and the
 * last one does it. */
static int limit_memory(const struct cgroup *cgroup, uint64_t bytes)
{
	int result = cgroup_write(cgroup, CGROUP_MEMORY_LIMIT, bytes);

	if (!cgroup->swap_limited)
		return result;
	if (cgroup_write(cgroup, CGROUP_SWAP_LIMIT, bytes) < 0)
		return -EBUSY;
	return result < 0 ? cgroup_write(cgroup, CGROUP_MEMORY_LIMIT, bytes)
			  : 0;
}

/* These count over all runs of the box: without what they were before, a run
 * would pay for others. */
static int read_bases(struct cgroup *cgroup)
{
	int result = cgroup_read_base(cgroup, CGROUP_MEMORY_USAGE, NULL,
				      &cgroup->base_memory_bytes);

	if (result == 0)
		result = cgroup_read_base(cgroup, CGROUP_MEMORY_EVENTS,
					  "oom_kill", &cgroup->base_oom_kills);
	if (result == 0)
		result = cgroup_read_base(cgroup, CGROUP_PIDS_EVENTS, "max",
					  &cgroup->base_refused);
	return result;
}

int cgroup_v1_begin(struct cgroup *cgroup, const struct box_limits *limits,
		    struct error *err)
{
	int result;

	result = read_bases(cgroup);
	if (result < 0)
		return error_errno(err, -result, "cgroup: read counters");
	result = limit_memory(cgroup,
			      cgroup->base_memory_bytes + limits->memory_bytes);
	if (result < 0)
		return error_errno(err, -result, "cgroup: set memory limit");
	(void)cgroup_write(cgroup, CGROUP_MEMORY_PEAK, 0);
	/* the box and the run's init are in there as well */
	result = cgroup_write(cgroup, CGROUP_PIDS_LIMIT, limits->processes + 2);
	if (result < 0)
		return error_errno(err, -result, "cgroup: set process limit");
	return 0;
}

void cgroup_v1_memory(const struct cgroup *cgroup, struct cgroup_memory *ret)
{
	static const char *const keys[] = { "rss", "cache" };
	uint64_t *const numbers[] = { &ret->anonymous, &ret->file };

	cgroup_read_keys(cgroup, CGROUP_MEMORY_STAT, keys, numbers, 2);
	ret->kernel = cgroup_read(cgroup, CGROUP_KERNEL_USAGE, NULL);
}

void cgroup_v1_start_clock(struct cgroup *cgroup)
{
	cgroup->base_own_cpu_ns = own_cpu_ns();
	cgroup->base_cpu_ns = cgroup_read(cgroup, CGROUP_CPU_USAGE, NULL);
}

uint64_t cgroup_v1_cpu_us(const struct cgroup *cgroup)
{
	uint64_t all, own;

	/* asking for our own time first makes the kernel charge it to the
	 * folder (task_sched_runtime() in kernel/sched/core.c) */
	own = own_cpu_ns() - cgroup->base_own_cpu_ns;
	all = cgroup_read(cgroup, CGROUP_CPU_USAGE, NULL);
	/* a box has always used some; 0 is what cannot be read */
	if (cgroup->base_cpu_ns == 0 || all < cgroup->base_cpu_ns + own)
		return 0;
	return (all - cgroup->base_cpu_ns - own) / 1000;
}
