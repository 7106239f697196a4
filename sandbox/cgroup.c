/*
 * cgroup.c - see cgroup.h; facts about files from the kernel's
 * Documentation/admin-guide/cgroup-v1/memory.rst and cgroup-v2.rst
 */
#include "cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "procfs.h"

#define NAME_PREFIX "assay-"

static const char *const controller_names[CGROUP_CONTROLLERS] = {
	[CGROUP_MEMORY] = "memory",
	[CGROUP_PIDS] = "pids",
	[CGROUP_CPUACCT] = "cpuacct",
};

/* ---- small reads and writes ---- */

static int write_text(int dir_fd, const char *file, const char *text)
{
	AUTO_CLOSE int fd = openat(dir_fd, file, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return write(fd, text, strlen(text)) < 0 ? -errno : 0;
}

static int write_number(int dir_fd, const char *file, uint64_t number)
{
	char text[32];

	(void)snprintf(text, sizeof text, "%llu", (unsigned long long)number);
	return write_text(dir_fd, file, text);
}

static ssize_t read_text(int dir_fd, const char *file, char *text, size_t size)
{
	AUTO_CLOSE int fd = openat(dir_fd, file, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, text, size - 1);

	text[got > 0 ? got : 0] = '\0';
	return got;
}

/* The number behind @key in a "key number" file, or the file's only number
 * when @key is NULL; 0 when there is none. */
static uint64_t read_number(int dir_fd, const char *file, const char *key)
{
	char text[1024];
	const char *line = text;
	size_t length = key ? strlen(key) : 0;

	if (read_text(dir_fd, file, text, sizeof text) <= 0)
		return 0;
	if (!key)
		return strtoull(text, NULL, 10);
	for (; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, length) == 0 && line[length] == ' ')
			return strtoull(line + length, NULL, 10);
	}
	return 0;
}

static uint64_t own_cpu_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* ---- finding a place ---- */

/* Whether the comma-separated @list has @word in it. */
static bool list_has(const char *list, const char *word)
{
	size_t length = strlen(word);
	const char *at;

	for (at = list; (at = strstr(at, word)); at += length)
		if ((at == list || at[-1] == ',' || at[-1] == ' ') &&
		    (at[length] == '\0' || at[length] == ',' ||
		     at[length] == ' ' || at[length] == '\n'))
			return true;
	return false;
}

/* The mount point of the hierarchy of @controller; NULL: of v2. */
static bool find_mount(const char *controller, char *path, size_t size)
{
	FILE *mounts = fopen("/proc/self/mountinfo", "re");
	char line[1024], point[256], type[32], options[256];
	bool found = false;

	if (!mounts)
		return false;
	while (!found && fgets(line, sizeof line, mounts)) {
		const char *dash = strstr(line, " - ");

		if (!dash || sscanf(line, "%*s %*s %*s %*s %255s", point) != 1 ||
		    sscanf(dash, " - %31s %*s %255s", type, options) != 2)
			continue;
		found = controller ? strcmp(type, "cgroup") == 0 &&
					     list_has(options, controller)
				   : strcmp(type, "cgroup2") == 0;
	}
	(void)fclose(mounts);
	if (found)
		(void)snprintf(path, size, "%s", point);
	return found;
}

/* The folder this process is in; @controller as above. */
static bool find_own(const char *controller, char *path, size_t size)
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	char mount[256], line[512], *list, *own;
	bool found = false;

	if (!file)
		return false;
	while (!found && fgets(line, sizeof line, file)) {
		list = strchr(line, ':');
		own = list ? strchr(list + 1, ':') : NULL;
		if (!own)
			continue;
		*own++ = '\0';
		own[strcspn(own, "\n")] = '\0';
		found = controller ? list_has(list + 1, controller)
				   : list[1] == '\0';
	}
	(void)fclose(file);
	if (!found || !find_mount(controller, mount, sizeof mount))
		return false;
	(void)snprintf(path, size, "%s%s", mount,
		       strcmp(own, "/") == 0 ? "" : own);
	return true;
}

static void name_self(char *name, size_t size)
{
	(void)snprintf(name, size, NAME_PREFIX "%llu-%d-%llu",
		       (unsigned long long)procfs_pid_namespace(), getpid(),
		       (unsigned long long)procfs_start_time(getpid()));
}

/* Open @parent and make our folder in it, as controller @i's. */
static int make_folder(struct cgroup *cgroup, int i, const char *parent)
{
	int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	cgroup->parent_fd[i] = fd;
	if (fd < 0)
		return -errno;
	if (mkdirat(fd, cgroup->name, 0755) < 0 && errno != EEXIST)
		return -errno;
	cgroup->dir_fd[i] = openat(fd, cgroup->name,
				   O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return cgroup->dir_fd[i] < 0 ? -errno : 0;
}

static void remove_folder(int parent_fd, const char *name)
{
	char leaf[128];

	(void)snprintf(leaf, sizeof leaf, "%.100s/run", name);
	(void)unlinkat(parent_fd, leaf, AT_REMOVEDIR);
	(void)unlinkat(parent_fd, name, AT_REMOVEDIR);
}

/* The kernel's choice when memory runs out must never be the box, which in
 * v1 is in the same folder as the run. Only root may say so; without, the
 * program's own value still puts it first (inside.c). */
static void protect_self(void)
{
	(void)write_text(AT_FDCWD, "/proc/self/oom_score_adj", "-1000");
}

/* ---- v1 ---- */

/* An eventfd that the kernel signals when the folder runs out of memory. */
static int watch_oom_v1(int dir_fd)
{
	AUTO_CLOSE int event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	AUTO_CLOSE int control =
		openat(dir_fd, "memory.oom_control", O_RDONLY | O_CLOEXEC);
	char text[64];

	if (event < 0 || control < 0)
		return -1;
	(void)snprintf(text, sizeof text, "%d %d", event, control);
	if (write_text(dir_fd, "cgroup.event_control", text) < 0)
		return -1;
	return TAKE_FD(event);
}

static bool open_v1(struct cgroup *cgroup)
{
	char parent[256];
	int i;

	cgroup->version = CGROUP_V1;
	for (i = 0; i < CGROUP_CONTROLLERS; i++) {
		if (!find_own(controller_names[i], parent, sizeof parent) ||
		    make_folder(cgroup, i, parent) < 0 ||
		    write_text(cgroup->dir_fd[i], "cgroup.procs", "0") < 0) {
			cgroup_close(cgroup);
			return false;
		}
	}
	protect_self();
	cgroup->swap_limited =
		faccessat(cgroup->dir_fd[CGROUP_MEMORY],
			  "memory.memsw.limit_in_bytes", W_OK, 0) == 0;
	cgroup->oom_event_fd = watch_oom_v1(cgroup->dir_fd[CGROUP_MEMORY]);
	return true;
}

static uint64_t cpu_ns_v1(const struct cgroup *cgroup)
{
	return read_number(cgroup->dir_fd[CGROUP_CPUACCT], "cpuacct.usage",
			   NULL);
}

/* Memory plus swap may never be limited lower than memory alone, so the order
 * of the two writes depends on which way the limit goes. */
static int limit_memory_v1(int fd, uint64_t bytes, bool swap)
{
	int result = write_number(fd, "memory.limit_in_bytes", bytes);

	if (swap)
		result = write_number(fd, "memory.memsw.limit_in_bytes", bytes);
	if (swap && result == 0)
		result = write_number(fd, "memory.limit_in_bytes", bytes);
	return result;
}

static int begin_v1(struct cgroup *cgroup, const struct box_limits *limits,
		    struct error *err)
{
	int memory = cgroup->dir_fd[CGROUP_MEMORY];
	int pids = cgroup->dir_fd[CGROUP_PIDS];
	int result;

	cgroup->base_memory_bytes =
		read_number(memory, "memory.usage_in_bytes", NULL);
	result = limit_memory_v1(memory,
				 cgroup->base_memory_bytes +
					 limits->memory_bytes,
				 cgroup->swap_limited);
	if (result < 0)
		return error_errno(err, -result, "cgroup: set memory limit");
	(void)write_number(memory, "memory.max_usage_in_bytes", 0);
	/* the box and the run's init are in there as well */
	result = write_number(pids, "pids.max", limits->processes + 2);
	if (result < 0)
		return error_errno(err, -result, "cgroup: set process limit");
	cgroup->base_oom_kills =
		read_number(memory, "memory.oom_control", "oom_kill");
	cgroup->base_refused = read_number(pids, "pids.events", "max");
	return 0;
}

/* ---- v2 ---- */

/* The nearest folder, from our own upwards, below which a controlled one can
 * be made. One with processes in it cannot hand controllers on (the rule
 * against inner processes), so often it is a parent. */
static bool find_parent_v2(char *path, size_t size)
{
	static const char *const need = "+memory +pids +cpu";
	char mount[256], own[256], have[256];
	char *slash;
	int fd;

	if (!find_own(NULL, own, sizeof own) ||
	    !find_mount(NULL, mount, sizeof mount))
		return false;
	while (strlen(own) >= strlen(mount)) {
		fd = open(own, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0 && faccessat(fd, "cgroup.procs", W_OK, 0) == 0) {
			(void)write_text(fd, "cgroup.subtree_control", need);
			(void)read_text(fd, "cgroup.subtree_control", have,
					sizeof have);
			(void)close(fd);
			if (list_has(have, "memory") &&
			    list_has(have, "pids")) {
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

static bool open_v2(struct cgroup *cgroup)
{
	char parent[256];

	if (!find_parent_v2(parent, sizeof parent))
		return false;
	cgroup->version = CGROUP_V2;
	if (make_folder(cgroup, 0, parent) < 0 ||
	    write_text(cgroup->dir_fd[0], "cgroup.subtree_control",
		       "+memory +pids +cpu") < 0) {
		cgroup_close(cgroup);
		return false;
	}
	cgroup->oom_event_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	return true;
}

static int begin_v2(struct cgroup *cgroup, const struct box_limits *limits,
		    struct error *err)
{
	char events[64];
	int result;

	if (mkdirat(cgroup->dir_fd[0], "run", 0755) < 0 && errno != EEXIST)
		return error_errno(err, errno, "cgroup: make a leaf");
	cgroup->run_fd = openat(cgroup->dir_fd[0], "run",
				O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (cgroup->run_fd < 0)
		return error_errno(err, errno, "cgroup: open the leaf");
	result = write_number(cgroup->run_fd, "memory.max",
			      limits->memory_bytes);
	if (result < 0)
		return error_errno(err, -result, "cgroup: set memory limit");
	cgroup->swap_limited =
		write_number(cgroup->run_fd, "memory.swap.max", 0) == 0;
	(void)write_number(cgroup->run_fd, "memory.oom.group", 1);
	/* the run's init is in there as well */
	result = write_number(cgroup->run_fd, "pids.max",
			      limits->processes + 1);
	if (result < 0)
		return error_errno(err, -result, "cgroup: set process limit");
	(void)snprintf(events, sizeof events, "/proc/self/fd/%d/memory.events",
		       cgroup->run_fd);
	if (cgroup->oom_event_fd >= 0)
		(void)inotify_add_watch(cgroup->oom_event_fd, events,
					IN_MODIFY);
	return 0;
}

/* ---- either ---- */

void cgroup_open(struct cgroup *cgroup)
{
	int i;

	memset(cgroup, 0, sizeof *cgroup);
	for (i = 0; i < CGROUP_CONTROLLERS; i++)
		cgroup->dir_fd[i] = cgroup->parent_fd[i] = -1;
	cgroup->run_fd = cgroup->oom_event_fd = -1;
	name_self(cgroup->name, sizeof cgroup->name);
	if (open_v2(cgroup) || open_v1(cgroup))
		return;
	cgroup->version = CGROUP_NONE;
	cgroup->name[0] = '\0';
	(void)snprintf(cgroup->reason, sizeof cgroup->reason,
		       "no cgroup folder that this user may make children in");
	(void)snprintf(cgroup->remedy, sizeof cgroup->remedy, "%s",
		       geteuid() == 0
			       ? "mount -t cgroup2 none /sys/fs/cgroup"
			       : "systemd-run --user --scope -p Delegate=yes "
				 "assay ...");
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

void cgroup_close(struct cgroup *cgroup)
{
	int i;

	for (i = 0; i < CGROUP_CONTROLLERS; i++) {
		close_fd(&cgroup->dir_fd[i]);
		if (cgroup->parent_fd[i] < 0)
			continue;
		if (cgroup->version == CGROUP_V1)
			(void)write_text(cgroup->parent_fd[i], "cgroup.procs",
					 "0");
		remove_folder(cgroup->parent_fd[i], cgroup->name);
		close_fd(&cgroup->parent_fd[i]);
	}
	close_fd(&cgroup->oom_event_fd);
	cgroup->version = CGROUP_NONE;
}

int cgroup_begin(struct cgroup *cgroup, const struct box_limits *limits,
		 struct error *err)
{
	uint64_t drain[64];

	if (cgroup->oom_event_fd >= 0)
		while (read(cgroup->oom_event_fd, drain, sizeof drain) > 0)
			continue;
	if (cgroup->version == CGROUP_V1)
		return begin_v1(cgroup, limits, err);
	if (cgroup->version == CGROUP_V2)
		return begin_v2(cgroup, limits, err);
	return 0;
}

void cgroup_start_clock(struct cgroup *cgroup)
{
	if (cgroup->version != CGROUP_V1)
		return;
	cgroup->base_own_cpu_ns = own_cpu_ns();
	cgroup->base_cpu_ns = cpu_ns_v1(cgroup);
}

void cgroup_end(struct cgroup *cgroup)
{
	if (cgroup->version != CGROUP_V2 || cgroup->run_fd < 0)
		return;
	(void)close(cgroup->run_fd);
	cgroup->run_fd = -1;
	(void)unlinkat(cgroup->dir_fd[0], "run", AT_REMOVEDIR);
}

uint64_t cgroup_cpu_us(const struct cgroup *cgroup)
{
	uint64_t all, own;

	if (cgroup->version == CGROUP_V2)
		return read_number(cgroup->run_fd, "cpu.stat", "usage_usec");
	if (cgroup->version != CGROUP_V1)
		return 0;
	/* asking for our own time first makes the kernel charge it to the
	 * folder (task_sched_runtime() in kernel/sched/core.c) */
	own = own_cpu_ns() - cgroup->base_own_cpu_ns;
	all = cpu_ns_v1(cgroup) - cgroup->base_cpu_ns;
	return all > own ? (all - own) / 1000 : 0;
}

uint64_t cgroup_peak_bytes(const struct cgroup *cgroup)
{
	uint64_t peak;

	if (cgroup->version == CGROUP_V2)
		return read_number(cgroup->run_fd, "memory.peak", NULL);
	if (cgroup->version != CGROUP_V1)
		return 0;
	peak = read_number(cgroup->dir_fd[CGROUP_MEMORY],
			   "memory.max_usage_in_bytes", NULL);
	return peak > cgroup->base_memory_bytes
		       ? peak - cgroup->base_memory_bytes
		       : 0;
}

uint64_t cgroup_oom_kills(const struct cgroup *cgroup)
{
	if (cgroup->version == CGROUP_V2)
		return read_number(cgroup->run_fd, "memory.events",
				   "oom_kill");
	if (cgroup->version != CGROUP_V1)
		return 0;
	return read_number(cgroup->dir_fd[CGROUP_MEMORY], "memory.oom_control",
			   "oom_kill") -
	       cgroup->base_oom_kills;
}

uint64_t cgroup_refused(const struct cgroup *cgroup)
{
	if (cgroup->version == CGROUP_V2)
		return read_number(cgroup->run_fd, "pids.events", "max");
	if (cgroup->version != CGROUP_V1)
		return 0;
	return read_number(cgroup->dir_fd[CGROUP_PIDS], "pids.events", "max") -
	       cgroup->base_refused;
}

/* ---- sweeping ---- */

static bool is_stale(const char *name)
{
	unsigned long long space, start;
	int pid;

	if (sscanf(name, NAME_PREFIX "%llu-%d-%llu", &space, &pid, &start) != 3)
		return false;
	return space == procfs_pid_namespace() &&
	       procfs_start_time(pid) != start;
}

static unsigned sweep_folder(const char *parent)
{
	DIR *dir = opendir(parent);
	const struct dirent *entry;
	unsigned swept = 0;

	if (!dir)
		return 0;
	while ((entry = readdir(dir)))
		if (is_stale(entry->d_name)) {
			remove_folder(dirfd(dir), entry->d_name);
			swept++;
		}
	(void)closedir(dir);
	return swept;
}

unsigned cgroup_sweep(void)
{
	char path[256];
	unsigned swept = 0;
	int i;

	for (i = 0; i < CGROUP_CONTROLLERS; i++)
		if (find_own(controller_names[i], path, sizeof path))
			swept += sweep_folder(path);
	if (find_parent_v2(path, sizeof path))
		swept += sweep_folder(path);
	return swept;
}
