#include "report_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <assay/cleanup.h>

#include "fdio.h"
#include "text.h"

#define NAME_KEPT 200 /* of the file's own name, in the temporary one's */

/* Write file @name in @folder; what a killed process left there goes. */
static int write_new(int folder, const char *name, const char *bytes,
		     size_t size)
{
	AUTO_CLOSE int fd = -1;
	int r;

	if (unlinkat(folder, name, 0) < 0 && errno != ENOENT)
		return -errno;
	fd = openat(folder, name,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (fd < 0)
		return -errno;
	r = fd_write_all(fd, bytes, size);
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	if (close(TAKE_FD(fd)) < 0 && r == 0)
		r = -errno;
	return r;
}

int report_file_replace(const char *path, const char *bytes, size_t size,
			struct error *err)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	AUTO_FREE char *dir = text_format("%.*s",
					  slash ? (int)(slash - path + 1) : 1,
					  slash ? path : ".");
	AUTO_FREE char *temporary = text_format(".%.*s.tmp", NAME_KEPT, name);
	AUTO_CLOSE int folder = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (folder < 0)
		return error_errno(err, errno, "%s", dir);
	r = write_new(folder, temporary, bytes, size);
	if (r == 0 && renameat(folder, temporary, folder, name) < 0)
		r = -errno;
	if (r < 0) {
		(void)unlinkat(folder, temporary, 0);
		return error_errno(err, -r, "%s", path);
	}
	if (fsync(folder) < 0)
		return error_errno(err, errno, "%s", dir);
	return 0;
}
