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
	struct stat status;
	char *text;
	ssize_t got;

	if (fstat(fd, &status) < 0)
		status.st_size = 0;
	text = malloc((size_t)status.st_size + 1);
	CHECK(text);
	got = pread(fd, text, (size_t)status.st_size, 0);
	*size = got > 0 ? (size_t)got : 0;
	text[*size] = '\0';
	return text;
}
