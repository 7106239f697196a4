/*
 * fdio.h - all of a file through a descriptor
 */
#ifndef ASSAY_FDIO_H
#define ASSAY_FDIO_H

#include <stddef.h>

/** Write all of @bytes; 0 or -errno. */
int fd_write_all(int fd, const char *bytes, size_t size);

/**
 * All of a regular file or memfd from its offset 0, in bytes, with a NUL
 * behind. free() it; NULL, and errno, when it cannot be read.
 */
char *fd_read_all(int fd, size_t *size);

#endif
