/*
 * isolation.h - what all runs of a box share: where they are, and as whom
 *
 * Set up once, when the box starts, in one of two ways:
 *
 * ISOLATION_NAMESPACES: the box is inside a user namespace in which it may
 *    mount, an empty network namespace, and a root that holds the toolchain
 *    read-only and empty places for what each run gets fresh: /proc, /tmp and
 *    /work.
 * ISOLATION_PLAIN, where the host gives no user namespace: programs see the
 *    host's files as far as Landlock lets them, which is the toolchain. /tmp
 *    and /work are folders of the box's own, elsewhere; the names are
 *    translated in what a request says. isolation_plain.c has more.
 */
#ifndef ASSAY_ISOLATION_H
#define ASSAY_ISOLATION_H

#include <stdbool.h>

#include <assay/error.h>

#include "alias.h"
#include "runfolder.h"
#include "landlock.h"

#define ISOLATION_BINDS_MAX 16
#define ISOLATION_OUTER_UID 0x70000000u /* + pid; pids stay below 2^22 */

struct request;

struct isolation_bind {
	const char *source; /* absolute, on the host */
	const char *target; /* absolute, inside */
	bool writable;
};

enum isolation_mode { ISOLATION_NAMESPACES, ISOLATION_PLAIN };

struct isolation {
	enum isolation_mode mode;
	bool map_root; /* the box is uid 0 and may become others, so the
			  program's user can be one that exists nowhere else */
	bool changed;       /* namespaces: too late for the other way */
	unsigned inner_uid; /* who the program is, as the box sees it */
	unsigned outer_uid; /* ... and on the host */
	struct landlock landlock;
	/* ISOLATION_PLAIN */
	struct runfolder folder;
	struct aliases aliases;
};

/**
 * Enter the namespaces. What fails is named in @err, with what to do where
 * that is known. When it fails before isolation->changed, nothing has been
 * done.
 */
int isolation_enter(struct isolation *isolation, struct error *err);

/** Then: build the root and move into it. */
int isolation_root(struct isolation *isolation,
		   const struct isolation_bind *binds, unsigned count,
		   struct error *err);

/**
 * Instead of both: do without namespaces. @has_pids: a cgroup bounds the
 * number of processes. Fails, with the reason, where that would not be safe.
 */
int isolation_plain(struct isolation *isolation,
		    const struct isolation_bind *binds, unsigned count,
		    bool has_pids, struct error *err);

/** Let the host see nothing of it any more. */
void isolation_leave(struct isolation *isolation);

/** Before a launch: what the last run left in /tmp and /work goes. */
int isolation_refresh(struct isolation *isolation, struct error *err);

/**
 * Put the host's names into @request for those that have others inside. The
 * texts live until the next call. -E2BIG when there is no room.
 */
int isolation_translate(struct isolation *isolation, struct request *request,
			struct error *err);

/** Processes that count against the program's limit and are not its own. */
unsigned isolation_other_processes(const struct isolation *isolation);

/* What both ways need. */
void isolation_empty_bounding_set(void);
/* The host's folders and files that programs may read; NULL at the end. */
extern const char *const isolation_system[];
extern const char *const isolation_etc[];
extern const char *const isolation_devices[]; /* below /dev */

#endif
