/*
 * job.h - one job on its way: what session.c, claim.c and ending.c share
 */
#ifndef SCHEDULER_JOB_H
#define SCHEDULER_JOB_H

#include "rules.h"
#include "session.h"

struct job {
	struct session *session;
	const struct event *event;
	unsigned number; /* job 4 is called j4 */
	unsigned first, count; /* its VMs */
	unsigned claims; /* so far */
	struct host *source; /* of a move */
	struct amounts res;
	unsigned failed_on; /* after a failed build: the number of that host */
	unsigned next_alternate; /* then: of those of the VM */
	bool gave_up; /* released or handed back what it had */
	const struct host *could_use; /* when it gave up: where to go on */
};

/* ---- session.c ---- */

struct vm *job_vm(const struct job *job, unsigned i);
struct wish job_wish(const struct job *job, const struct vm *vm);
struct mark *job_mark(const struct job *job, const struct host *host);

/** The host of that name; fails the candidate if there is none. */
struct host *job_host(const struct job *job, const char *name);

/** The place among the job's VMs of the one called @name; -1: none of them. */
int job_find_vm(const struct job *job, const char *name);

/* A macro, so that each place's format is its own: by that a failure is known
 * again when the scene is made small. */
#define job_fail(job, format, ...)                                 \
	dialogue_fail((job)->session->dialogue, "job j%u: " format, \
		      (job)->number, ##__VA_ARGS__)

/* ---- claim.c ---- */

/** Judge a claim, let rivals act, answer it, and take the reload after it. */
void job_claim(struct job *job, json_t *line);

/** After a failed build: drop alternates that cannot be used any more. */
void job_skip_alternates(struct job *job);

/* ---- ending.c ---- */

/** Where what is not yet claimed could go, or NULL if it cannot. */
const struct host *job_could_use(const struct job *job);

void job_placed(struct job *job, json_t *line);
void job_no_valid_host(struct job *job, json_t *line);

#endif
