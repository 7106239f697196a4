/*
 * runfolder.c - see runfolder.h
 *
 * Emptying. A program may leave folders that nobody may enter, trees deeper
 * than any path is long or any stack of descriptors is high, and links to
 * anywhere. So nothing is followed, rights are taken back before looking, and
 * what is nested is not descended into: it is first moved up, and then is not
 * nested any more. Two descriptors are enough for any depth.
 */
#include "runfolder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "identity.h"

#define RENAME_ONLY_NEW (1u << 0) /* RENAME_NOREPLACE */
#define PLACES 3
#define PLACE_MAX 150 /* of a place's name */
#define ROUNDS_MAX 64 /* that find something new with nobody there */

/* ---- emptying ---- */

static bool is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Open a folder that may have no rights left at all. */
static int open_any(int parent, const char *name)
{
	AUTO_CLOSE int handle = openat(
		parent, name, O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC);
	char path[64];
	int fd;

	if (handle < 0)
		return -errno;
	/* by its descriptor, because there is no fchmod for O_PATH and no
	 * fchmodat that follows no link (before Linux 6.6) */
	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", handle);
	(void)chmod(path, 0700);
	fd = openat(handle, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Move the folder @name out of @fd into @top, under any name that is free. */
static int move_up(int fd, const char *name, int top)
{
	static unsigned long long number;
	AUTO_CLOSE int opened = open_any(fd, name); /* to move it, it must
						       be writable */
	char free_name[32];

	if (opened < 0)
		return opened;
	do {
		(void)snprintf(free_name, sizeof free_name, ".%llx", number++);
	} while (syscall(SYS_renameat2, fd, name, top, free_name,
			 RENAME_ONLY_NEW) < 0 &&
		 errno == EEXIST);
	return faccessat(top, free_name, F_OK, AT_SYMLINK_NOFOLLOW) < 0 ? -errno
									: 0;
}

/* Once through @fd: what is no folder goes, folders move to @top, or where
 * @fd is @top itself, are emptied in the same way and go. Returns whether
 * anything was there, or -errno. */
static int empty_once(int fd, int top)
{
	int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *entry;
	int found = 0, result = 0;

	if (!dir) {
		result = -errno;
		if (copy >= 0)
			(void)close(copy);
		return result;
	}
	while (result >= 0 && (entry = readdir(dir))) {
		if (is_dots(entry->d_name))
			continue;
		found = 1;
		if (unlinkat(fd, entry->d_name, 0) == 0 || errno == ENOENT)
			continue;
		if (unlinkat(fd, entry->d_name, AT_REMOVEDIR) == 0)
			continue;
		if (fd != top) {
			result = move_up(fd, entry->d_name, top);
		} else {
			AUTO_CLOSE int inner = open_any(fd, entry->d_name);

			result = inner < 0 ? inner : empty_once(inner, top);
			if (result >= 0 &&
			    unlinkat(fd, entry->d_name, AT_REMOVEDIR) < 0 &&
			    errno != ENOTEMPTY)
				result = -errno;
		}
	}
	(void)closedir(dir);
	return result < 0 ? result : found;
}

int runfolder_empty_at(int fd)
{
	int result;

	/* every round makes the deepest tree one level flatter */
	do {
		result = empty_once(fd, fd);
	} while (result > 0);
	return result;
}

int runfolder_empty(struct runfolder *folder, struct error *err)
{
	int result;

	if (folder->path[0] == '\0')
		return 0;
	result = runfolder_empty_at(folder->work_fd);
	if (result == 0)
		result = runfolder_empty_at(folder->tmp_fd);
	if (result < 0)
		return error_errno(err, -result, "empty the run's folder");
	return 0;
}

/* ---- making ---- */

static const char *place(int number)
{
	const char *wanted = getenv("TMPDIR");

	switch (number) {
	case 0:
		return wanted && *wanted == '/' && strlen(wanted) <= PLACE_MAX
			       ? wanted
			       : NULL;
	case 1:
		return "/tmp";
	default:
		return "/var/tmp";
	}
}

/* Programs are run from there. */
static bool may_execute(const char *path)
{
	struct statvfs status;

	return statvfs(path, &status) == 0 && !(status.f_flag & ST_NOEXEC);
}

static bool make_below(struct runfolder *folder, const char *parent)
{
	char name[IDENTITY_MAX];

	identity_name(name, sizeof name);
	(void)snprintf(folder->path, sizeof folder->path, "%.150s/%.80s-XXXXXX",
		       parent, name);
	if (strlen(parent) <= PLACE_MAX && may_execute(parent) &&
	    mkdtemp(folder->path))
		return true;
	folder->path[0] = '\0';
	return false;
}

static int make_inner(const char *path, unsigned uid, int *ret)
{
	if (mkdir(path, 0700) < 0)
		return -errno;
	*ret = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (*ret < 0 || (uid != geteuid() && fchown(*ret, uid, uid) < 0))
		return -errno;
	return 0;
}

int runfolder_make(struct runfolder *folder, unsigned uid, struct error *err)
{
	int i, result;

	folder->work_fd = folder->tmp_fd = -1;
	for (i = 0; i < PLACES; i++)
		if (place(i) && make_below(folder, place(i)))
			break;
	if (folder->path[0] == '\0')
		return error_set(err, EACCES,
				 "no folder for runs can be made in $TMPDIR, "
				 "/tmp or /var/tmp from which programs may be "
				 "executed");
	(void)snprintf(folder->work, sizeof folder->work, "%s/work",
		       folder->path);
	(void)snprintf(folder->tmp, sizeof folder->tmp, "%s/tmp", folder->path);
	/* another user has to get through, and gets no further than to its
	 * own two folders */
	result = uid != geteuid() && chmod(folder->path, 0711) < 0 ? -errno : 0;
	if (result == 0)
		result = make_inner(folder->work, uid, &folder->work_fd);
	if (result == 0)
		result = make_inner(folder->tmp, uid, &folder->tmp_fd);
	if (result < 0) {
		runfolder_remove(folder);
		return error_errno(err, -result, "make folders for runs");
	}
	return 0;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

void runfolder_remove(struct runfolder *folder)
{
	struct error err;

	if (folder->path[0] == '\0')
		return;
	(void)runfolder_empty(folder, &err);
	close_fd(&folder->work_fd);
	close_fd(&folder->tmp_fd);
	(void)rmdir(folder->work);
	(void)rmdir(folder->tmp);
	(void)rmdir(folder->path);
	folder->path[0] = '\0';
}

/* ---- sweeping ---- */

/* Only our own: anybody can make a folder of such a name in /tmp. */
static bool sweep_one(int parent_fd, const char *name)
{
	AUTO_CLOSE int fd = openat(parent_fd, name,
				   O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
					   O_CLOEXEC);
	struct stat status;
	int rounds;

	if (fd < 0 || fstat(fd, &status) < 0 || status.st_uid != geteuid())
		return false;
	/* what is dying may still write */
	for (rounds = 0; rounds < ROUNDS_MAX; rounds++)
		if (runfolder_empty_at(fd) == 0 &&
		    unlinkat(parent_fd, name, AT_REMOVEDIR) == 0)
			return true;
	return false;
}

unsigned runfolder_sweep(void)
{
	const struct dirent *entry;
	unsigned swept = 0;
	DIR *dir;
	int i;

	for (i = 0; i < PLACES; i++) {
		dir = place(i) ? opendir(place(i)) : NULL;
		if (!dir)
			continue;
		while ((entry = readdir(dir)))
			if (identity_is_stale(entry->d_name))
				swept += sweep_one(dirfd(dir), entry->d_name);
		(void)closedir(dir);
	}
	return swept;
}
