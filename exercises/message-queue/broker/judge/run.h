/*
 * run.h - the conversation of a test with a broker
 *
 * Steps go out in bursts that end with a sync; what comes up to the synced is
 * checked before the next burst is made.
 */
#ifndef BROKER_RUN_H
#define BROKER_RUN_H

#include "check.h"
#include "dialogue.h"
#include "judge.h"
#include "step.h"

struct run {
	struct judge *judge;
	struct dialogue *dialogue;
	struct check *check;
	struct events events; /* of the burst */
	unsigned syncs;       /* sent so far */
};

/** A conversation with a broker that has no state. Nothing is sent. */
void run_begin(struct run *run, struct judge *judge, struct dialogue *dialogue);
void run_end(struct run *run);

/**
 * Send @steps and a sync, and fail the candidate if what comes is not what has
 * to; or, for a kill alone, kill it and start it again.
 */
void run_burst(struct run *run, const struct step *steps, size_t count);

/** Send one step, unchecked. */
void run_send(struct dialogue *dialogue, const struct step *step);

/** The next line; fails the candidate if none comes. */
struct event run_next(struct dialogue *dialogue, const char *doing);

#endif
