#include "census.h"

#include <dirent.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <assay/cleanup.h>

static ssize_t read_file(pid_t pid, const char *name, char *text, size_t size)
{
	char path[64];
	AUTO_CLOSE int fd = -1;
	ssize_t got;

	(void)snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	got = fd < 0 ? -1 : read(fd, text, size - 1);
	text[got > 0 ? got : 0] = '\0';
	return got;
}

/* proc(5), /proc/pid/stat: the name in parentheses may hold anything. */
static bool look(pid_t pid, struct census_process *ret)
{
	char text[1024], *open, *close, state;

	if (read_file(pid, "stat", text, sizeof text) <= 0)
		return false;
	open = strchr(text, '(');
	close = strrchr(text, ')');
	if (!open || !close)
		return false;
	*close = '\0';
	*ret = (struct census_process){ .pid = pid };
	(void)snprintf(ret->name, sizeof ret->name, "%s", open + 1);
	return sscanf(close + 1,
		      " %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d "
		      "%*d %*d %*d %*d %*d %llu",
		      &state, &ret->parent, &ret->started) == 3 &&
	       state != 'Z' && state != 'X';
}

/* The pids in /proc, one after the other; 0 at the end. */
static pid_t next_pid(DIR *proc)
{
	struct dirent *entry;
	long pid;

	while ((entry = readdir(proc))) {
		pid = strtol(entry->d_name, NULL, 10);
		if (pid > 0)
			return (pid_t)pid;
	}
	return 0;
}

static bool has(const struct census *census, pid_t pid)
{
	size_t i;

	for (i = 0; i < census->count; i++)
		if (census->processes[i].pid == pid)
			return true;
	return false;
}

void census_take(struct census *census, pid_t ancestor)
{
	struct census_process process;
	size_t before;
	DIR *proc;
	pid_t pid;

	census->count = 0;
	do { /* one generation after the other */
		before = census->count;
		proc = opendir("/proc");
		CHECK(proc);
		while ((pid = next_pid(proc)))
			if (!has(census, pid) && look(pid, &process) &&
			    (process.parent == ancestor ||
			     has(census, process.parent)) &&
			    census->count < CENSUS_MAX)
				census->processes[census->count++] = process;
		(void)closedir(proc);
	} while (census->count > before);
}

size_t census_alive(const struct census *census)
{
	struct census_process process;
	size_t alive = 0, i;

	for (i = 0; i < census->count; i++)
		alive += look(census->processes[i].pid, &process) &&
			 process.started == census->processes[i].started;
	return alive;
}

bool census_has_word(const char *word)
{
	char line[4096];
	bool found = false;
	ssize_t size;
	DIR *proc;
	pid_t pid;

	proc = opendir("/proc");
	CHECK(proc);
	while (!found && (pid = next_pid(proc))) {
		size = read_file(pid, "cmdline", line, sizeof line);
		found = size > 0 &&
			memmem(line, (size_t)size, word, strlen(word)) != NULL;
	}
	(void)closedir(proc);
	return found;
}

/* Boxes name their folders "assay-NAMESPACE-PID-START". */
static bool is_of(const char *folder, const struct census *census)
{
	unsigned long long started;
	size_t i;
	int pid;

	if (sscanf(folder, "assay-%*u-%d-%llu", &pid, &started) != 2)
		return false;
	for (i = 0; i < census->count; i++)
		if (census->processes[i].pid == pid &&
		    census->processes[i].started == started)
			return true;
	return false;
}

unsigned census_cgroups(const struct census *census)
{
	char root[] = "/sys/fs/cgroup";
	FTS *walk = fts_open((char *[]){ root, NULL },
			     FTS_PHYSICAL | FTS_NOSTAT, NULL);
	unsigned folders = 0;
	FTSENT *entry;

	CHECK(walk);
	while ((entry = fts_read(walk)))
		folders += entry->fts_info == FTS_D &&
			   is_of(entry->fts_name, census);
	(void)fts_close(walk);
	return folders;
}
