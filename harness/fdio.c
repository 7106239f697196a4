/*
 * fdio.c - see fdio.h
 */
#include "fdio.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <assay/cleanup.h>

int fd_write_all(int fd, const char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t wrote = write(fd, bytes, size);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return -errno;
		bytes += wrote;
		size -= (size_t)wrote;
	}
	return 0;
}

char *fd_read_all(int fd, size_t *size)
{
	AUTO_FREE char *text = NULL;
	struct stat status;
	size_t used = 0;
	ssize_t got;

	*size = 0;
	if (fstat(fd, &status) < 0)
		return NULL;
	text = malloc((size_t)status.st_size + 1);
	ENOUGH(text);
	while (used < (size_t)status.st_size) {
		got = pread(fd, text + used, (size_t)status.st_size - used,
			    (off_t)used);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return NULL;
		if (got == 0)
			break;
		used += (size_t)got;
	}
	text[used] = '\0';
	*size = used;
	return TAKE_PTR(text);
}
