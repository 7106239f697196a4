/*
 * launch.h - an init and its child, ready to become a program
 *
 * Namespaces, mounts and the filter take longer than all the rest of a short
 * run. They depend on little of a request, and the next one mostly wants the
 * same; so after each run the box launches for the next one already, and takes
 * it if it fits. What fits not is killed, unused, and launched anew.
 */
#ifndef ASSAY_LAUNCH_H
#define ASSAY_LAUNCH_H

#include <stdbool.h>
#include <sys/types.h>

#include <assay/box.h>
#include <assay/error.h>

#include "inside.h"

struct box;

/* What has to be known at launch. */
struct launch_plan {
	uint32_t profile;
	uint32_t network;
	uint64_t file_bytes;
};

/* What a run is likely to be followed by: a build by a test, a test by another
 * one. Once wrong is no reason to think otherwise, as after the last test. */
struct launch_guess {
	struct launch_plan plan;
	bool known; /* has been right, or corrected */
	bool wrong; /* the last time */
};

struct launch {
	struct launch_plan plan;
	bool there; /* cloned and not yet reaped */
	int pidfd;  /* of init */
	pid_t init;
	struct inside inside;
};

/** Nothing launched yet. */
void launch_init(struct box *box);

/** Clone into box->launch, which must be free. Does not wait. */
int launch_start(struct box *box, const struct launch_plan *plan,
		 struct error *err);

/**
 * Make sure that a launch for @plan is ready: the one that is there or a new
 * one. A failing step is named in @err.
 */
int launch_get(struct box *box, const struct launch_plan *plan,
	       struct error *err);

/** What to have ready behind a run of @plan. */
struct launch_plan launch_guess(struct box *box,
				const struct launch_plan *plan);

/** Let it go on to exec; all of box->launch.inside is filled. */
void launch_go(struct box *box);

/**
 * Kill the run that was let go, if it still is there: what ends is its first
 * process or its init, and with that all of it. Does not wait.
 */
void launch_kill(struct box *box);

/**
 * Once init has been reaped: see that nothing of the run is left, which there
 * can only be without namespaces and when something has killed init.
 */
void launch_bury(struct box *box);

/** Kill what was launched and reap it; nothing to do if there is nothing. */
void launch_drop(struct box *box);

/** Once init has been reaped: close what it had open. */
void launch_close(struct box *box);

#endif
