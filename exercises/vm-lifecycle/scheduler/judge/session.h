/*
 * session.h - a world, and a scheduler that is talked with about it
 *
 * Each function here is one job from its first line to its last, or a piece of
 * news. Every line that the scheduler writes meanwhile is held against the
 * rules at once; whatever is against one fails it there, and does not return.
 */
#ifndef SCHEDULER_SESSION_H
#define SCHEDULER_SESSION_H

#include "dialogue.h"
#include "scene.h"

#define CONFLICTS_MAX 4u /* of generations, on one host, in one job */

/* What a job has come to know of a host. */
struct mark {
	unsigned conflicts;
	bool full;     /* a capacity conflict, or too many of generations */
	bool released; /* after a claim of this job */
};

struct session {
	struct world world;
	struct mark *marks; /* of the job that is on, as world.hosts */
	struct dialogue *dialogue;
	unsigned jobs;
};

/** A new fleet. VMs are numbered 1 to @vm_count. */
void session_open(struct session *session, struct dialogue *dialogue,
		  const struct host *hosts, size_t host_count,
		  size_t vm_count);
void session_close(struct session *session);

/** Tell how a host is: all of it, or what is used of it. */
void session_host(struct session *session, struct host *host);
void session_usage(struct session *session, struct host *host);

void session_group(struct session *session, unsigned group);

/** A request for the @event's VMs. Returns whether they have been placed. */
bool session_request(struct session *session, const struct event *event);

/** The build of a VM that is placed has failed. */
void session_build_failed(struct session *session, const struct event *event);

/** Move a VM that is placed and not in a move. */
void session_move(struct session *session, const struct event *event);

/** Settle the move that a VM is in. */
void session_confirm(struct session *session, const struct event *event);
void session_revert(struct session *session, const struct event *event);

/** A VM that is placed has been deleted, wherever it is. */
void session_gone(struct session *session, unsigned vm);

#endif
