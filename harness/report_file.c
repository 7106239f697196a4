/*
 * report_file.c - see report_file.h
 */
#include "report_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <assay/cleanup.h>

#include "fdio.h"
#include "text.h"

#define NAME_KEPT 200 /* of the file's own name, in the temporary one's */
#define SUFFIX ".tmp"

static char *temporary_name(const char *name)
{
	return text_format(".%.*s" SUFFIX, NAME_KEPT, name);
}

/* A file of @folder that has no name yet, so that nothing is left of it when
 * the process ends in between; @temporary where the file system has no such
 * files, and then what a killed process left there goes. */
static int open_new(int folder, const char *temporary)
{
	int fd = openat(folder, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666);

	if (fd >= 0)
		return fd;
	if (errno != EOPNOTSUPP && errno != EISDIR)
		return -errno;
	if (unlinkat(folder, temporary, 0) < 0 && errno != ENOENT)
		return -errno;
	fd = openat(folder, temporary,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	return fd < 0 ? -errno : fd;
}

/* See open(2) of O_TMPFILE. */
static int link_file(int fd, int folder, const char *name)
{
	char path[32];

	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	return linkat(AT_FDCWD, path, folder, name, AT_SYMLINK_FOLLOW) < 0
		       ? -errno
		       : 0;
}

/* Only a file with a name can take another's place. */
static int name_temporarily(int fd, int folder, const char *temporary)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return -errno;
	if (status.st_nlink > 0)
		return 0;
	if (unlinkat(folder, temporary, 0) < 0 && errno != ENOENT)
		return -errno;
	return link_file(fd, folder, temporary);
}

/* Closes @fd, which has been written to unless @r says what went wrong. */
static int settle(int fd, int folder, const char *temporary, const char *name,
		  int r)
{
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	if (r == 0)
		r = name_temporarily(fd, folder, temporary);
	if (close(fd) < 0 && r == 0)
		r = -errno;
	if (r == 0 && renameat(folder, temporary, folder, name) < 0)
		r = -errno;
	if (r < 0)
		(void)unlinkat(folder, temporary, 0);
	return r;
}

int report_file_place(int folder, const char *name, const char *bytes,
		      size_t size)
{
	AUTO_FREE char *temporary = temporary_name(name);
	int fd = open_new(folder, temporary);

	if (fd < 0)
		return fd;
	return settle(fd, folder, temporary, name,
		      fd_write_all(fd, bytes, size));
}

static const char *name_in(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The folder that @path is in; -errno. */
static int open_folder(const char *path, struct error *err)
{
	const char *name = name_in(path);
	AUTO_FREE char *dir = text_format("%.*s",
					  name > path ? (int)(name - path) : 1,
					  name > path ? path : ".");
	int folder = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return folder < 0 ? error_errno(err, errno, "%s", dir) : folder;
}

int report_file_replace(const char *path, const char *bytes, size_t size,
			struct error *err)
{
	AUTO_CLOSE int folder = open_folder(path, err);
	int r;

	if (folder < 0)
		return folder;
	r = report_file_place(folder, name_in(path), bytes, size);
	if (r == 0 && fsync(folder) < 0)
		r = -errno;
	return r < 0 ? error_errno(err, -r, "%s", path) : 0;
}

/* ---- piece by piece ---- */

int report_file_begin(struct report_file *file, const char *path,
		      struct error *err)
{
	AUTO_CLOSE int folder = open_folder(path, err);
	AUTO_FREE char *temporary = temporary_name(name_in(path));
	int fd;

	if (folder < 0)
		return folder;
	fd = open_new(folder, temporary);
	if (fd < 0)
		return error_errno(err, -fd, "%s", path);
	*file = (struct report_file){ .fd = fd, .folder = TAKE_FD(folder) };
	file->stream = open_memstream(&file->bytes, &file->size);
	ENOUGH(file->stream);
	file->temporary = TAKE_PTR(temporary);
	file->path = text_format("%s", path);
	return 0;
}

void report_file_flush(struct report_file *file)
{
	ENOUGH(fflush(file->stream) == 0);
	if (file->result == 0)
		file->result = fd_write_all(file->fd, file->bytes, file->size);
	rewind(file->stream);
}

static int finish(struct report_file *file)
{
	int r;

	report_file_flush(file);
	r = settle(file->fd, file->folder, file->temporary, name_in(file->path),
		   file->result);
	if (r == 0 && fsync(file->folder) < 0)
		r = -errno;
	return r;
}

int report_file_end(struct report_file *file, struct error *err)
{
	int r = finish(file);

	if (r < 0)
		r = error_errno(err, -r, "%s", file->path);
	(void)fclose(file->stream);
	(void)close(file->folder);
	free(file->bytes);
	free(file->temporary);
	free(file->path);
	return r;
}

/* ---- what killed processes left ---- */

static bool is_temporary(const char *name)
{
	static const char *const ends[] = { ".json" SUFFIX, ".csv" SUFFIX };
	size_t length = strlen(name), i;

	for (i = 0; name[0] == '.' && i < sizeof ends / sizeof *ends; i++)
		if (length > strlen(ends[i]) + 1 &&
		    strcmp(name + length - strlen(ends[i]), ends[i]) == 0)
			return true;
	return false;
}

int report_file_sweep(int folder)
{
	int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent *entry;
	int swept = 0;
	DIR *dir;

	if (copy < 0)
		return -errno;
	dir = fdopendir(copy);
	if (!dir) {
		(void)close(copy);
		return -ENOMEM;
	}
	while ((entry = readdir(dir)))
		if (is_temporary(entry->d_name) &&
		    unlinkat(folder, entry->d_name, 0) == 0)
			swept++;
	(void)closedir(dir);
	return swept;
}
