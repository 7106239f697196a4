/*
 * drain.h - a conversation of which only the promises are checked
 *
 * For kills at moments when nobody knows what the broker has done: what is sent
 * and what comes goes through a ledger, and after a kill the queues are
 * drained to see what is left. There are three queues without any bound.
 */
#ifndef BROKER_DRAIN_H
#define BROKER_DRAIN_H

#include "ledger.h"
#include "run.h"

#define DRAIN_FIRST 1
#define DRAIN_SECOND 2
#define DRAIN_ARCHIVE 3 /* the last */

struct drain {
	struct judge *judge;
	struct dialogue *dialogue;
	struct random random;
	struct ledger ledger;
	unsigned channels; /* channel .channels + n consumes from queue n */
	unsigned last_tags[DRAIN_ARCHIVE + 1]; /* by queue */
	bool unanswered;                       /* a sync is */
};

struct delivery {
	unsigned channel;
	unsigned tag;
	unsigned seq;
};

/** Starts the candidate's broker and declares the queues. */
void drain_init(struct drain *drain, struct judge *judge);

/** Let it end, and pass. */
__attribute__((noreturn)) void drain_pass(struct drain *drain);

/* ---- what is sent ---- */

void drain_publish(struct drain *drain, unsigned queue, unsigned size);

/** From now on channels have new numbers. */
void drain_open(struct drain *drain);
void drain_consume(struct drain *drain, unsigned queue, unsigned prefetch);

void drain_ack(struct drain *drain, const struct delivery *delivery);
void drain_requeue(struct drain *drain, const struct delivery *delivery);

/** Nothing if one is unanswered. */
void drain_sync(struct drain *drain);

/* ---- what comes ---- */

/** Take in @event and release it. Whether it is a delivery, *@ret then. */
bool drain_take(struct drain *drain, struct event *event, struct delivery *ret);

/** The same with the next line. */
bool drain_next(struct drain *drain, const char *doing, struct delivery *ret);

void drain_await_sync(struct drain *drain);

/* ---- what is left ---- */

/** Kill it, take in what it had written, and start it again. */
void drain_kill(struct drain *drain);

/** Right after a kill: consume all of queues 1 to @last_queue, compare with
 * the ledger, and ack it. */
void drain_all(struct drain *drain, unsigned last_queue);

#endif
