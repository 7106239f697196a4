/*
 * cgroup_v2.c - see cgroup.h; facts about files from the kernel's
 * Documentation/admin-guide/cgroup-v2.rst
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroup_parts.h"

/* One that is not there would keep the others from being switched on by the
 * same write; a user is often given no more than the first two. */
static int switch_on_controllers(int dir_fd)
{
	int result = cgroup_write_text(dir_fd, "cgroup.subtree_control",
				       "+memory +pids");

	(void)cgroup_write_text(dir_fd, "cgroup.subtree_control", "+cpu");
	return result;
}

static const struct {
	enum cgroup_file file;
	const char *name;
} files[] = {
	{ CGROUP_MEMORY_LIMIT, "memory.max" },
	{ CGROUP_MEMORY_PEAK, "memory.peak" }, /* since Linux 5.19 */
	{ CGROUP_MEMORY_EVENTS, "memory.events" },
	{ CGROUP_MEMORY_STAT, "memory.stat" },
	{ CGROUP_SWAP_LIMIT, "memory.swap.max" },
	{ CGROUP_PIDS_LIMIT, "pids.max" },
	{ CGROUP_PIDS_EVENTS, "pids.events" },
	{ CGROUP_CPU_USAGE, "cpu.stat" },
};

/* The nearest folder, from our own upwards, below which a controlled one can
 * be made. One with processes in it cannot hand controllers on (the rule
 * against inner processes), so often it is a parent. */
bool cgroup_v2_parent(char *path, size_t size)
{
	char mount[256], own[256], have[256];
	char *slash;
	int fd;

	if (!cgroup_find_own(NULL, own, sizeof own) ||
	    !cgroup_find_mount(NULL, mount, sizeof mount))
		return false;
	while (strlen(own) >= strlen(mount)) {
		fd = open(own, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0 && faccessat(fd, "cgroup.procs", W_OK, 0) == 0) {
			(void)switch_on_controllers(fd);
			(void)cgroup_read_text(fd, "cgroup.subtree_control",
					       have, sizeof have);
			(void)close(fd);
			if (cgroup_list_has(have, "memory") &&
			    cgroup_list_has(have, "pids")) {
				(void)snprintf(path, size, "%s", own);
				return true;
			}
		} else if (fd >= 0) {
			(void)close(fd);
		}
		slash = strrchr(own, '/');
		if (!slash || slash == own)
			break;
		*slash = '\0';
	}
	return false;
}

bool cgroup_v2_open(struct cgroup *cgroup)
{
	char parent[256];

	if (!cgroup_v2_parent(parent, sizeof parent))
		return false;
	cgroup->version = CGROUP_V2;
	if (cgroup_make_folder(cgroup, 0, parent) < 0 ||
	    switch_on_controllers(cgroup->dir_fd[0]) < 0) {
		cgroup_close(cgroup);
		return false;
	}
	cgroup->oom_event_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	return true;
}

int cgroup_v2_make_leaf(struct cgroup *cgroup)
{
	size_t i;
	int result;

	if (mkdirat(cgroup->dir_fd[0], "run", 0755) < 0 && errno != EEXIST)
		return -errno;
	cgroup->run_fd = openat(cgroup->dir_fd[0], "run",
				O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (cgroup->run_fd < 0)
		return -errno;
	/* what this kernel lacks is not limited or not told, see the writes */
	for (i = 0; i < sizeof files / sizeof *files; i++) {
		result = cgroup_open_file(cgroup, files[i].file, cgroup->run_fd,
					  files[i].name);
		if (result < 0 && result != -ENOENT)
			return result;
	}
	return 0;
}

int cgroup_v2_begin(struct cgroup *cgroup, const struct box_limits *limits,
		    struct error *err)
{
	char events[64];
	int result;

	result = cgroup_write(cgroup, CGROUP_MEMORY_LIMIT,
			      limits->memory_bytes);
	if (result < 0)
		return error_errno(err, -result, "cgroup: set memory limit");
	cgroup->swap_limited = cgroup_write(cgroup, CGROUP_SWAP_LIMIT, 0) == 0;
	/* the run's init is in there as well */
	result = cgroup_write(cgroup, CGROUP_PIDS_LIMIT, limits->processes + 1);
	if (result < 0)
		return error_errno(err, -result, "cgroup: set process limit");
	(void)snprintf(events, sizeof events, "/proc/self/fd/%d",
		       cgroup->file_fd[CGROUP_MEMORY_EVENTS]);
	if (cgroup->oom_event_fd >= 0)
		(void)inotify_add_watch(cgroup->oom_event_fd, events,
					IN_MODIFY);
	return 0;
}

void cgroup_v2_memory(const struct cgroup *cgroup, struct cgroup_memory *ret)
{
	/* the kernel's in one number since Linux 5.18 */
	static const char *const keys[] = { "anon", "file", "kernel" };
	uint64_t *const numbers[] = { &ret->anonymous, &ret->file,
				      &ret->kernel };

	cgroup_read_keys(cgroup, CGROUP_MEMORY_STAT, keys, numbers, 3);
}
