/*
 * place.c - see place.h
 */
#include "place.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <assay/cleanup.h>

#define COPY_BYTES (1u << 30) /* at once; whatever there is */

static int make_parents(int work_fd, const char *path, unsigned uid,
			struct error *err)
{
	char part[BOX_PATH_MAX];
	size_t i;

	for (i = 0; path[i]; i++) {
		if (path[i] == '/') {
			part[i] = '\0';
			if (mkdirat(work_fd, part, 0755) == 0
				    ? fchownat(work_fd, part, uid, uid, 0) < 0
				    : errno != EEXIST)
				return error_errno(err, errno, "make %s", part);
		}
		part[i] = path[i];
	}
	return 0;
}

static int place_file(int work_fd, const struct request_file *file,
		      unsigned uid, struct error *err)
{
	AUTO_CLOSE int fd = -1;
	off_t offset = 0;
	ssize_t sent;

	if (make_parents(work_fd, file->path, uid, err) < 0)
		return -err->code;
	fd = openat(work_fd, file->path,
		    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, file->mode);
	if (fd < 0)
		return error_errno(err, errno, "create %s", file->path);
	do {
		sent = sendfile(fd, file->fd, &offset, COPY_BYTES);
	} while (sent > 0);
	if (sent < 0)
		return error_errno(err, errno, "fill %s", file->path);
	return 0;
}

int place_files(int work_fd, const struct request *request, unsigned uid,
		struct error *err)
{
	unsigned i;

	for (i = 0; i < request->run.files; i++)
		if (place_file(work_fd, &request->files[i], uid, err) < 0)
			return -err->code;
	return 0;
}
