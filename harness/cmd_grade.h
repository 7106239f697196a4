/*
 * cmd_grade.h - what the parts of "assay grade" share
 */
#ifndef ASSAY_CMD_GRADE_H
#define ASSAY_CMD_GRADE_H

#include <stdbool.h>
#include <time.h>

#include "audit_pick.h"
#include "batch.h"
#include "journal.h"
#include "plan.h"
#include "progress.h"
#include "regrade.h"
#include "sealer.h"
#include "seed.h"
#include "shard.h"
#include "writer.h"

struct grade {
	/* what was asked for: cmd_grade.c */
	struct batch_options batch;
	struct plan plan; /* of this shard */
	const char *old;  /* --regrade; NULL: none */
	struct regrade regrade;
	struct shard shard;
	const char *shard_text; /* NULL: all */
	size_t total;           /* of all shards */
	char ids[65];           /* plan_digest() of them */
	const char *out;
	const char *require;    /* as given */
	const char *from;       /* a file of paths */
	const char *replay;     /* a report; NULL: a batch */
	const char *public_key; /* of --key; NULL: this user's own */
	size_t audit;           /* how many of all shards to grade twice */
	bool audit_given;       /* false: one of AUDIT_SHARE */
	bool resume, json, quiet;
	unsigned char secret[SEED_SECRET_BYTES];

	/* what comes of it: cmd_grade_run.c */
	struct journal *journal;
	struct writer *writer;
	struct progress progress;
	json_t *environment;
	struct sealer *sealer; /* NULL: reports are not signed */
	size_t next;           /* of the plan */
	unsigned in_flight;    /* taken, and not over */
	bool auditing;         /* the plan is done: cmd_grade_audit.c */
	struct audit_picks picks;
	size_t audited; /* of them taken */
	bool terminal, level_said;
	bool stop;      /* take no more */
	int stopped_by; /* a signal; 0: none */
	bool at_once;   /* a second one came */
	struct timespec started;
	int status; /* the worst so far */
};

/** Keep the worst exit status. */
void grade_worst(struct grade *grade, int status);

/** Take the line of progress off the terminal, before something is said. */
void grade_clear_line(const struct grade *grade);

/**
 * Grade what the plan does not skip, with the journal open and begun. What is
 * to be told goes to standard error, the worst status to @grade. Returns when
 * all is over and on the disk, or was stopped by a signal.
 */
void grade_run(struct grade *grade);

/**
 * Behind the end of the plan, as a batch_next_cb: what is to be graded a second
 * time, and how one of these came out. One that could not be is not done, and
 * told like any other.
 */
int grade_audit_next(struct grade *grade, struct submission **ret);
void grade_audit_done(struct grade *grade, const struct result *result);

/**
 * cmd_grade_replay.c, instead of all that: grade what grade->replay is of once
 * more, read from the first of @paths, if any. Returns an exit status:
 * COMMAND_NOT_PASSED for another verdict.
 */
int grade_replay(const struct grade *grade, char *const *paths);

#endif
