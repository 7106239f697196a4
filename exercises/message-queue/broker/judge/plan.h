/*
 * plan.h - what a test sends: queues, and which steps how often
 *
 * A plan is data. From it and a seed comes a list of acts; planner.h makes
 * steps of them.
 */
#ifndef BROKER_PLAN_H
#define BROKER_PLAN_H

#include "judge.h"
#include "step.h"

enum act {
	ACT_PUBLISH,
	ACT_PUBLISH_NOWHERE, /* to a queue that is not there */
	ACT_DECLARE,         /* one of the plan's queues, maybe again */
	ACT_CONSUME,
	ACT_CONSUME_NOWHERE,
	ACT_ACK,
	ACT_ACK_MULTIPLE,
	ACT_REJECT,
	ACT_REJECT_MULTIPLE,
	ACT_REQUEUE,
	ACT_REQUEUE_MULTIPLE,
	ACT_BAD_TAG, /* ack or nack of a tag that is not unacked there */
	ACT_LATE,    /* something on a channel that is not open */
	ACT_CLOSE,
	ACT_TICK,
	ACT_KILL,  /* alone in its burst */
	ACT_DRAIN, /* what is unacked is acked; a consumer for each queue */
	ACT_SYNC,  /* the end of a burst */
	ACTS,
};

#define PLAN_TICKS_MAX 6
#define PLAN_QUEUES (QUEUES_MAX - 1)
#define PLAN_NOWHERE (QUEUES_MAX - 1) /* the queue that no plan declares */

struct plan {
	const char *name;
	const char *property;
	/* Queue i + 1; those without .declared are not there. */
	struct {
		bool declared;
		bool consumed;  /* there may be consumers */
		bool published; /* the tests publish to it */
		struct settings settings;
	} queues[PLAN_QUEUES];
	unsigned channels_max; /* open at a time */
	bool alone;            /* and one for each queue */
	unsigned weights[ACTS];
	unsigned ticks[PLAN_TICKS_MAX]; /* ms, up to the first 0 */
};

/** The plan of this name, or NULL. */
const struct plan *plan_find(const char *name);

/* An act and the number that all its choices follow from. A script is a list
 * of these: what they come to depends on what there is, so any of them can be
 * left out. */
struct item {
	enum act act;
	uint64_t seed; /* ACT_DECLARE: of which queue */
};

struct items {
	struct item *list;
	size_t count;
	size_t size;
};

/** The declarations of @plan, @bursts of up to @most acts, a drain. To be
 * released by free(ret->list). */
void plan_items(const struct plan *plan, struct random *random, unsigned bursts,
		unsigned most, struct items *ret);

#endif
