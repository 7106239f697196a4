/*
 * cleanup.h - memory and descriptors that give themselves back
 *
 * AUTO_FREE and AUTO_CLOSE release at the end of the scope; TAKE_PTR and
 * TAKE_FD hand ownership on and disarm them.
 */
#ifndef ASSAY_CLEANUP_H
#define ASSAY_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void cleanup_free(void *pointer)
{
	free(*(void **)pointer);
}

static inline void cleanup_close(const int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

#define AUTO_FREE __attribute__((cleanup(cleanup_free)))
#define AUTO_CLOSE __attribute__((cleanup(cleanup_close)))

#define TAKE_PTR(pointer)                             \
	__extension__({                               \
		__typeof__(pointer) taken_ = (pointer); \
		(pointer) = NULL;                     \
		taken_;                               \
	})

#define TAKE_FD(fd)                \
	__extension__({            \
		int taken_ = (fd); \
		(fd) = -1;         \
		taken_;            \
	})

/**
 * A programmer's error, not a user's and not a candidate's: always checked,
 * never with a side effect, ends the process with where it was.
 */
#define CHECK(condition)                                                \
	do {                                                            \
		if (!(condition)) {                                     \
			(void)fprintf(stderr,                           \
				      "assay: %s:%d: CHECK failed: %s\n", \
				      __FILE__, __LINE__, #condition);  \
			abort();                                        \
		}                                                       \
	} while (0)

/* Says where, without allocating, and ends with the status of a fault of the
 * host. Boxes end by themselves when their socket closes. */
static inline _Noreturn void out_of_memory(const char *file, int line)
{
	char text[256];
	int size = snprintf(text, sizeof text,
			    "assay: out of memory (%.200s:%d)\n", file, line);

	(void)!write(STDERR_FILENO, text, size > 0 ? (size_t)size : 0);
	_exit(3);
}

/**
 * There was enough memory; where there is not, the process ends, cleanly.
 * Nobody's error and nobody's verdict: what was written until then stands.
 */
#define ENOUGH(memory)                                   \
	do {                                             \
		if (!(memory))                           \
			out_of_memory(__FILE__, __LINE__); \
	} while (0)

#endif
