/*
 * isolation.h - the namespaces and the file tree that all runs of a box share
 *
 * Set up once, when the box starts. Afterwards the process is inside: a user
 * namespace in which it may mount, an empty network namespace, and a root
 * that holds the toolchain read-only and empty places for what each run gets
 * fresh: /proc, /tmp and /work.
 */
#ifndef ASSAY_ISOLATION_H
#define ASSAY_ISOLATION_H

#include <stdbool.h>

#include <assay/error.h>

#define ISOLATION_BINDS_MAX 16

struct isolation_bind {
	const char *source; /* absolute, on the host */
	const char *target; /* absolute, inside */
	bool writable;
};

struct isolation {
	bool map_root; /* uid 0 inside is the host's root, so the program's
			  user can be one that exists nowhere else */
	unsigned outer_uid; /* who the program is on the host */
};

/**
 * Enter the namespaces. What fails is named in @err, with what to do where
 * that is known.
 */
int isolation_enter(struct isolation *isolation, struct error *err);

/** Build the root and move into it. */
int isolation_root(const struct isolation_bind *binds, unsigned count,
		   struct error *err);

#endif
