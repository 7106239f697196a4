/*
 * cgroup.c - what is the same for v1 and v2; see cgroup.h
 */
#include "cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "cgroup_parts.h"
#include "identity.h"

#define FILE_BYTES 1024 /* what is looked for stands in front */
#define RELAXED_BYTES (1ull << 50)
#define SWEEP_PAUSE_NS 5000000
#define SWEEP_TRIES_MAX 1000 /* five seconds, for a large tree to die */

/* ---- small files ---- */

int cgroup_write_text(int dir_fd, const char *file, const char *text)
{
	AUTO_CLOSE int fd = openat(dir_fd, file, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return write(fd, text, strlen(text)) < 0 ? -errno : 0;
}

ssize_t cgroup_read_text(int dir_fd, const char *file, char *text, size_t size)
{
	AUTO_CLOSE int fd = openat(dir_fd, file, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, text, size - 1);

	text[got > 0 ? got : 0] = '\0';
	return got < 0 ? -errno : got;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

int cgroup_open_file(struct cgroup *cgroup, enum cgroup_file file, int dir_fd,
		     const char *name)
{
	int fd = openat(dir_fd, name, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC);
	cgroup->file_fd[file] = fd;
	return fd < 0 ? -errno : 0;
}

int cgroup_write(const struct cgroup *cgroup, enum cgroup_file file,
		 uint64_t number)
{
	char text[32];
	int size = snprintf(text, sizeof text, "%llu",
			    (unsigned long long)number);

	return pwrite(cgroup->file_fd[file], text, (size_t)size, 0) < 0 ? -errno
									: 0;
}

static uint64_t number_of(const char *text, const char *key)
{
	size_t length = strlen(key);
	const char *line;

	for (line = text; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, length) == 0 && line[length] == ' ')
			return strtoull(line + length, NULL, 10);
	}
	return 0;
}

static ssize_t read_file(const struct cgroup *cgroup, enum cgroup_file file,
			 char *text, size_t size)
{
	ssize_t got = pread(cgroup->file_fd[file], text, size - 1, 0);

	text[got > 0 ? got : 0] = '\0';
	return got;
}

int cgroup_read_base(const struct cgroup *cgroup, enum cgroup_file file,
		     const char *key, uint64_t *ret)
{
	char text[FILE_BYTES];

	*ret = 0;
	if (read_file(cgroup, file, text, sizeof text) < 0)
		return -errno;
	*ret = key ? number_of(text, key) : strtoull(text, NULL, 10);
	return 0;
}

void cgroup_read_keys(const struct cgroup *cgroup, enum cgroup_file file,
		      const char *const *keys, uint64_t *const *ret,
		      size_t count)
{
	char text[FILE_BYTES];
	size_t i;

	(void)read_file(cgroup, file, text, sizeof text);
	for (i = 0; i < count; i++)
		*ret[i] = number_of(text, keys[i]);
}

uint64_t cgroup_read(const struct cgroup *cgroup, enum cgroup_file file,
		     const char *key)
{
	uint64_t number;

	(void)cgroup_read_base(cgroup, file, key, &number);
	return number;
}

/* ---- folders ---- */

int cgroup_make_folder(struct cgroup *cgroup, int i, const char *parent)
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

/* 0, or -EBUSY while something is still in there. */
static int remove_folder(int parent_fd, const char *name)
{
	char leaf[128];

	(void)snprintf(leaf, sizeof leaf, "%.100s/run", name);
	(void)unlinkat(parent_fd, leaf, AT_REMOVEDIR);
	return unlinkat(parent_fd, name, AT_REMOVEDIR) < 0 ? -errno : 0;
}

/* The kernel's choice when memory runs out must never be the box (v1: it is in
 * the same folder as the run) or init (it shares the box's memory, and who
 * shares memory dies together). Only who may raise limits may say so, which root
 * of a container often may not; without, the program's own value puts it first
 * (inside.c), as long as it is one that can be chosen: see take_buffers() in
 * cgroup_v1.c. */
static bool protect_self(void)
{
	return cgroup_write_text(AT_FDCWD, "/proc/self/oom_score_adj",
				 "-1000") >= 0;
}

void cgroup_open(struct cgroup *cgroup)
{
	int i;

	memset(cgroup, 0, sizeof *cgroup);
	for (i = 0; i < CGROUP_FOLDERS; i++)
		cgroup->dir_fd[i] = cgroup->parent_fd[i] = -1;
	for (i = 0; i < CGROUP_FILES; i++)
		cgroup->file_fd[i] = -1;
	cgroup->run_fd = cgroup->oom_event_fd = -1;
	identity_name(cgroup->name, sizeof cgroup->name);
	cgroup->box_is_safe = protect_self();
	if (cgroup_v2_open(cgroup) || cgroup_v1_open(cgroup))
		return;
	cgroup->version = CGROUP_NONE;
	cgroup->name[0] = '\0';
}

static void close_files(struct cgroup *cgroup)
{
	int i;

	for (i = 0; i < CGROUP_FILES; i++)
		close_fd(&cgroup->file_fd[i]);
}

void cgroup_close(struct cgroup *cgroup)
{
	int i, removed;

	close_files(cgroup);
	for (i = 0; i < CGROUP_FOLDERS; i++) {
		close_fd(&cgroup->dir_fd[i]);
		if (cgroup->parent_fd[i] < 0)
			continue;
		if (cgroup->version == CGROUP_V1)
			(void)cgroup_write_text(cgroup->parent_fd[i],
						"cgroup.procs", "0");
		removed = remove_folder(cgroup->parent_fd[i], cgroup->name);
		if (removed < 0 && removed != -ENOENT)
			cgroup->left = true;
		close_fd(&cgroup->parent_fd[i]);
	}
	close_fd(&cgroup->oom_event_fd);
	cgroup->version = CGROUP_NONE;
}

/* ---- a run ---- */

int cgroup_make_leaf(struct cgroup *cgroup, struct error *err)
{
	int result = 0;

	if (cgroup->version == CGROUP_V2)
		result = cgroup_v2_make_leaf(cgroup);
	else if (cgroup->version == CGROUP_V1)
		cgroup_v1_memory(cgroup, &cgroup->base_memory);
	if (result < 0)
		return error_errno(err, -result, "cgroup: make a leaf");
	return 0;
}

void cgroup_remove_leaf(struct cgroup *cgroup)
{
	if (cgroup->version != CGROUP_V2 || cgroup->run_fd < 0)
		return;
	close_files(cgroup);
	close_fd(&cgroup->run_fd);
	(void)unlinkat(cgroup->dir_fd[0], "run", AT_REMOVEDIR);
}

int cgroup_begin(struct cgroup *cgroup, const struct box_limits *limits,
		 struct error *err)
{
	uint64_t drain[64];

	if (cgroup->oom_event_fd >= 0)
		while (read(cgroup->oom_event_fd, drain, sizeof drain) > 0)
			continue;
	if (cgroup->version == CGROUP_V1)
		return cgroup_v1_begin(cgroup, limits, err);
	if (cgroup->version == CGROUP_V2)
		return cgroup_v2_begin(cgroup, limits, err);
	return 0;
}

void cgroup_start_clock(struct cgroup *cgroup)
{
	cgroup->base_cpu_us = 0;
	if (cgroup->version == CGROUP_V1)
		cgroup_v1_start_clock(cgroup);
	else if (cgroup->version == CGROUP_V2)
		cgroup->base_cpu_us = cgroup_cpu_us(cgroup);
}

/* What could not be read is 0, and must not count as an overflow. */
void cgroup_relax(const struct cgroup *cgroup)
{
	/* v1's swap limit has memory in it, and may never be the lower one */
	if (cgroup->version == CGROUP_V1 && cgroup->swap_limited)
		(void)cgroup_write(cgroup, CGROUP_SWAP_LIMIT, RELAXED_BYTES);
	(void)cgroup_write(cgroup, CGROUP_MEMORY_LIMIT, RELAXED_BYTES);
}

static uint64_t less(uint64_t value, uint64_t base)
{
	return value > base ? value - base : 0;
}

uint64_t cgroup_cpu_us(const struct cgroup *cgroup)
{
	if (cgroup->version == CGROUP_V2)
		return less(cgroup_read(cgroup, CGROUP_CPU_USAGE, "usage_usec"),
			    cgroup->base_cpu_us);
	return cgroup->version == CGROUP_V1 ? cgroup_v1_cpu_us(cgroup) : 0;
}

uint64_t cgroup_peak_bytes(const struct cgroup *cgroup)
{
	return less(cgroup_read(cgroup, CGROUP_MEMORY_PEAK, NULL),
		    cgroup->base_memory_bytes);
}

uint64_t cgroup_oom_kills(const struct cgroup *cgroup)
{
	return less(cgroup_read(cgroup, CGROUP_MEMORY_EVENTS, "oom_kill"),
		    cgroup->base_oom_kills);
}

uint64_t cgroup_refused(const struct cgroup *cgroup)
{
	return less(cgroup_read(cgroup, CGROUP_PIDS_EVENTS, "max"),
		    cgroup->base_refused);
}

bool cgroup_memory(const struct cgroup *cgroup, struct cgroup_memory *ret)
{
	const struct cgroup_memory *base = &cgroup->base_memory;

	if (cgroup->version == CGROUP_V1)
		cgroup_v1_memory(cgroup, ret);
	else if (cgroup->version == CGROUP_V2)
		cgroup_v2_memory(cgroup, ret);
	else
		return false;
	ret->anonymous = less(ret->anonymous, base->anonymous);
	ret->file = less(ret->file, base->file);
	ret->kernel = less(ret->kernel, base->kernel);
	return true;
}

/* ---- sweeping ---- */

/* A box that was just killed may still have a run that is dying. */
static void remove_stale(int parent_fd, const char *name)
{
	const struct timespec pause = { .tv_nsec = SWEEP_PAUSE_NS };
	int tries;

	for (tries = 0; tries < SWEEP_TRIES_MAX &&
			remove_folder(parent_fd, name) == -EBUSY;
	     tries++)
		(void)nanosleep(&pause, NULL);
}

static unsigned sweep_folder(const char *parent)
{
	DIR *dir = opendir(parent);
	const struct dirent *entry;
	unsigned swept = 0;

	if (!dir)
		return 0;
	while ((entry = readdir(dir)))
		if (identity_is_stale(entry->d_name)) {
			remove_stale(dirfd(dir), entry->d_name);
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

	for (i = 0; i < CGROUP_FOLDERS; i++)
		if (cgroup_find_own(cgroup_v1_controller(i), path, sizeof path))
			swept += sweep_folder(path);
	if (cgroup_v2_parent(path, sizeof path))
		swept += sweep_folder(path);
	return swept;
}
