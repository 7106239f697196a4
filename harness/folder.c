/*
 * folder.c - the entries of a folder that was handed in, see intake.h
 *
 * Somebody may change the folder while it is read. So every path is resolved
 * by the kernel beneath the folder and through no symbolic link at all
 * (openat2), and what was opened is looked at again before it is read.
 * Entries are taken in order of their names, so that the same folder gives
 * the same verdict everywhere.
 */
#include "intake.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "text.h"

#define READ_FLAGS (O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
#define LOOK_FLAGS (O_PATH | O_NOFOLLOW | O_CLOEXEC)

/* Open @path beneath @root; returns the descriptor or -errno. */
static int open_beneath(int root, const char *path, int flags)
{
	struct open_how how = {
		.flags = (unsigned)flags,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
	};
	long fd = syscall(SYS_openat2, root, path, &how, sizeof how);

	return fd < 0 ? -errno : (int)fd;
}

static int order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/*
 * The names in a folder, sorted; NULL-terminated. No more than one above the
 * bound, which is enough to be rejected.
 */
static int read_names(DIR *dir, string_list *ret)
{
	string_list names = calloc(SUBMISSION_ENTRIES_MAX + 2, sizeof *names);
	struct dirent *entry;
	size_t count = 0;
	int rc;

	if (!names)
		return -ENOMEM;
	errno = 0;
	while (count <= SUBMISSION_ENTRIES_MAX && (entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			names[count++] = text_format("%s", entry->d_name);
		errno = 0;
	}
	rc = -errno;
	if (rc < 0) {
		string_list_free(names);
		return rc;
	}
	qsort(names, count, sizeof *names, order);
	*ret = names;
	return 0;
}

static int take_file(struct intake *intake, int root, const char *path,
		     struct error *err)
{
	AUTO_CLOSE int fd = open_beneath(root, path, READ_FLAGS);
	AUTO_FREE char *bytes = NULL;
	struct stat info;
	size_t used = 0;
	ssize_t got;

	if (fd < 0)
		return error_errno(err, -fd, "%s", path);
	if (fstat(fd, &info) < 0 || !S_ISREG(info.st_mode))
		return error_set(err, EAGAIN, "%s: changed while it was read",
				 path);
	if (!intake_bytes(intake, path, (uint64_t)info.st_size))
		return 0;
	bytes = malloc((size_t)info.st_size + 1);
	if (!bytes)
		return error_set(err, ENOMEM, "out of memory");
	while ((got = read(fd, bytes + used, (size_t)info.st_size + 1 - used)) >
	       0) {
		used += (size_t)got;
		if (used > (size_t)info.st_size)
			return error_set(err, EAGAIN,
					 "%s: grew while it was read", path);
	}
	if (got < 0)
		return error_errno(err, errno, "%s", path);
	return intake_add(intake, path, bytes, used, err);
}

static int take_folder(struct intake *intake, int root, const char *folder,
		       struct error *err);

/* The entry @name of @folder, "" for the top. */
static int take_entry(struct intake *intake, int root, const char *folder,
		      const char *name, struct error *err)
{
	AUTO_FREE char *full = text_format("%s%s%s", folder, *folder ? "/" : "",
					   name);
	/* Look first: to open a device for reading can do things. */
	AUTO_CLOSE int fd = open_beneath(root, full, LOOK_FLAGS);
	char path[FILESET_PATH_MAX + 1];
	struct stat info;

	if (fd < 0)
		return error_errno(err, -fd, "%s", full);
	if (fstat(fd, &info) < 0)
		return error_errno(err, errno, "%s", full);
	(void)close(TAKE_FD(fd));
	switch (intake_entry(intake, full, info.st_mode, path)) {
	case INTAKE_FILE:
		return take_file(intake, root, path, err);
	case INTAKE_FOLDER:
		return take_folder(intake, root, path, err);
	case INTAKE_IGNORE:
	case INTAKE_REJECTED:
		break;
	}
	return 0;
}

/* Goes no deeper than a path may be long. */
static int take_folder(struct intake *intake, int root, const char *folder,
		       struct error *err)
{
	int fd = open_beneath(root, *folder ? folder : ".",
			      READ_FLAGS | O_DIRECTORY);
	string_list names = NULL;
	DIR *dir;
	int rc;

	if (fd < 0)
		return error_errno(err, -fd, "%s", folder);
	dir = fdopendir(fd);
	if (!dir) {
		rc = error_errno(err, errno, "%s", folder);
		cleanup_close(&fd);
		return rc;
	}
	rc = read_names(dir, &names);
	(void)closedir(dir);
	if (rc < 0)
		return error_errno(err, -rc, "%s", folder);
	for (size_t i = 0; rc == 0 && names[i] && !intake->submission->rejected;
	     i++)
		rc = take_entry(intake, root, folder, names[i], err);
	string_list_free(names);
	return rc;
}

int folder_take(struct intake *intake, int fd, struct error *err)
{
	return take_folder(intake, fd, "", err);
}
