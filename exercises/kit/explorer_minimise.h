/*
 * explorer_minimise.h - a failing schedule with as few switches as possible
 *
 * A schedule that was found at random switches between threads a hundred
 * times, and one or two of these matter. This is delta debugging (Zeller and
 * Hildebrandt, "Simplifying and isolating failure-inducing input", 2002) over
 * segments: leave out ever smaller groups of them, replay what is left, and go
 * on from whatever failed in the same way. What a group of segments would have
 * done is lost, done later, or done earlier, by the segments of the same
 * threads that stay; that is how two parts of a thread grow together and a
 * preemption goes away. Then the same for choices, and last for steps within
 * a segment.
 *
 * A replay of a shortened schedule is lenient, so that the program goes on
 * after it, and what counts is the schedule that really ran. It must happen
 * again, exactly, before it takes the place of a longer one.
 */
#ifndef ASSAY_KIT_EXPLORER_MINIMISE_H
#define ASSAY_KIT_EXPLORER_MINIMISE_H

#include <stdbool.h>
#include <stdint.h>

#include <assay/error.h>

#include "explorer_run.h"

/* What is usual. */
#define EXPLORER_ATTEMPTS_MAX 600
#define EXPLORER_REPLAYED_MAX 3000000 /* steps */

struct explorer_minimiser {
	/* Replay @steps, exactly or not. 0 and a run for the caller to
	 * release, or -errno: there will be no more of them. */
	int (*replay)(void *data, const struct explorer_steps *steps,
		      bool lenient, struct explorer_run *ret,
		      struct error *err);
	/* Whether that is the failure that it is about. */
	bool (*fails)(void *data, const struct explorer_run *run);
	void *data;
	/* Both bound how long it takes, and neither depends on how fast the
	 * machine is, so that the same comes out each time. */
	unsigned attempts_max; /* replays */
	uint64_t steps_max;    /* of all replays together */
};

/**
 * Make the failing @original smaller. *ret is the caller's to release, replays
 * exactly, fails, and is @original itself when nothing could be left out;
 * *attempts (may be NULL) is how many replays that took.
 *
 * 0; -ESTALE: @original does not replay exactly, so there is nothing to start
 * from; or what the replay returned. A replay that fails later on only ends
 * the search for less: the least so far is returned.
 */
int explorer_minimise(const struct explorer_minimiser *minimiser,
		      const struct explorer_run *original,
		      struct explorer_run *ret, unsigned *attempts,
		      struct error *err);

#endif
