/*
 * procfs.c - reading /proc/PID/stat and friends; see proc(5)
 */
#include "procfs.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <assay/cleanup.h>

#define FIRST_FIELD 3 /* the state; what stands behind the name's ')' */
#define FIELD_UTIME 14
#define FIELD_CSTIME 17
#define FIELD_START 22
#define FIELD_RSS 24

#define DESCENDANTS_MAX 4096 /* that are looked at */

/* Read a stat file; returns what stands behind the name, which may itself
 * have blanks and parentheses in it. NULL when the process is gone. */
static const char *read_stat(int dir_fd, const char *path, char *text,
			     size_t size)
{
	AUTO_CLOSE int fd = openat(dir_fd, path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, text, size - 1);
	char *close_mark;

	if (got <= 0)
		return NULL;
	text[got] = '\0';
	close_mark = strrchr(text, ')');
	return close_mark && close_mark[1] ? close_mark + 2 : NULL;
}

static uint64_t field(const char *stat, int number)
{
	int i;

	for (i = FIRST_FIELD; stat && i < number; i++) {
		stat = strchr(stat, ' ');
		stat = stat ? stat + 1 : NULL;
	}
	return stat ? strtoull(stat, NULL, 10) : 0;
}

/* Time a thread has run, in ns, finer than the clock ticks of its stat; and has
 * waited for a CPU. See Documentation/scheduler/sched-stats.rst. */
static void thread_times(int task_fd, const char *tid, uint64_t *run_ns,
			 uint64_t *waited_ns)
{
	char path[64], text[128], *end;
	AUTO_CLOSE int fd = -1;
	ssize_t got;

	(void)snprintf(path, sizeof path, "%.16s/schedstat", tid);
	fd = openat(task_fd, path, O_RDONLY | O_CLOEXEC);
	got = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	if (got <= 0)
		return;
	text[got] = '\0';
	*run_ns += strtoull(text, &end, 10);
	*waited_ns += strtoull(end, NULL, 10);
}

/* Returns how long the threads that are there have run, in us. */
static uint64_t add_threads(int proc_fd, const char *pid,
			    struct procfs_usage *usage)
{
	char path[64], text[512];
	const struct dirent *entry;
	uint64_t run_ns = 0, waited_ns = 0;
	const char *stat;
	DIR *dir;
	int fd;

	(void)snprintf(path, sizeof path, "%.16s/task", pid);
	fd = openat(proc_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		if (fd >= 0)
			(void)close(fd);
		return 0;
	}
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof path, "%.16s/stat", entry->d_name);
		stat = read_stat(dirfd(dir), path, text, sizeof text);
		if (!stat)
			continue;
		usage->threads++;
		usage->running += *stat != 'S' && *stat != 'T' &&
				  *stat != 'Z' && *stat != 'X';
		thread_times(dirfd(dir), entry->d_name, &run_ns, &waited_ns);
	}
	(void)closedir(dir);
	usage->run_us += run_ns / 1000;
	usage->waited_us += waited_ns / 1000;
	return run_ns / 1000;
}

/* Ticks are coarse but keep the time of threads that have ended; the sum over
 * threads is fine but does not. The larger one is nearer to the truth. */
static void add_process(int proc_fd, const char *pid,
			struct procfs_usage *usage)
{
	char path[64], text[512];
	uint64_t ticks = 0, tick_us, run_us;
	const char *stat;
	int i;

	(void)snprintf(path, sizeof path, "%.16s/stat", pid);
	stat = read_stat(proc_fd, path, text, sizeof text);
	if (!stat)
		return;
	for (i = FIELD_UTIME; i <= FIELD_CSTIME; i++)
		ticks += field(stat, i);
	usage->rss_bytes += field(stat, FIELD_RSS) *
			    (uint64_t)sysconf(_SC_PAGESIZE);
	tick_us = ticks * (1000000u / (uint64_t)sysconf(_SC_CLK_TCK));
	run_us = add_threads(proc_fd, pid, usage);
	usage->cpu_us += run_us > tick_us ? run_us : tick_us;
}

void procfs_usage(int proc_fd, struct procfs_usage *ret)
{
	const struct dirent *entry;
	DIR *dir;
	int fd;

	memset(ret, 0, sizeof *ret);
	fd = openat(proc_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		if (fd >= 0)
			(void)close(fd);
		return;
	}
	while ((entry = readdir(dir)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
		    strcmp(entry->d_name, "1") != 0)
			add_process(proc_fd, entry->d_name, ret);
	(void)closedir(dir);
}

/* Append the children of all threads of @pid to @list; its new length. */
static size_t add_children(int proc_fd, pid_t pid, pid_t *list, size_t count)
{
	char path[64], text[4096], *at, *end;
	const struct dirent *entry;
	DIR *dir;
	int fd;

	(void)snprintf(path, sizeof path, "%d/task", pid);
	fd = openat(proc_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir && fd >= 0)
		(void)close(fd);
	while (dir && (entry = readdir(dir))) {
		AUTO_CLOSE int children = -1;
		ssize_t got;

		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof path, "%.16s/children",
			       entry->d_name);
		children = openat(dirfd(dir), path, O_RDONLY | O_CLOEXEC);
		got = children < 0 ? -1 : read(children, text, sizeof text - 1);
		text[got > 0 ? got : 0] = '\0';
		for (at = text; count < DESCENDANTS_MAX; at = end) {
			list[count] = (pid_t)strtol(at, &end, 10);
			if (end == at)
				break;
			count++;
		}
	}
	if (dir)
		(void)closedir(dir);
	return count;
}

void procfs_usage_below(int proc_fd, pid_t init, struct procfs_usage *ret)
{
	static pid_t list[DESCENDANTS_MAX];
	size_t count, i;
	char name[16];

	memset(ret, 0, sizeof *ret);
	count = add_children(proc_fd, init, list, 0);
	for (i = 0; i < count; i++) {
		(void)snprintf(name, sizeof name, "%d", list[i]);
		add_process(proc_fd, name, ret);
		count = add_children(proc_fd, list[i], list, count);
	}
}

uint64_t procfs_start_time(pid_t pid)
{
	char path[64], text[512];
	const char *stat;

	(void)snprintf(path, sizeof path, "/proc/%d/stat", pid);
	stat = read_stat(AT_FDCWD, path, text, sizeof text);
	return stat ? field(stat, FIELD_START) : 0;
}

uint64_t procfs_pid_namespace(void)
{
	struct stat status;

	return stat("/proc/self/ns/pid", &status) == 0 ? (uint64_t)status.st_ino
						       : 0;
}
