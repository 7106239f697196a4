/*
 * ledger.h - what was promised, and what has come of it
 *
 * A kill at an unknown moment leaves a broker in one of many states. What has
 * to hold in all of them is kept here, one entry for each message: it was
 * published, its confirm came, it was delivered so often, its ack was sent, and
 * a synced came after that. It is checked when the queues are drained, as
 * jepsen's total-queue does: what was confirmed and not acked has to come, and
 * nothing that was never published.
 */
#ifndef BROKER_LEDGER_H
#define BROKER_LEDGER_H

#include "event.h"
#include "step.h"

struct entry {
	unsigned queue;   /* 0: not published */
	unsigned size;    /* of the body */
	unsigned seen;    /* deliveries */
	unsigned counted; /* of these, as the broker may have forgotten some */
	unsigned at_sync; /* the same when the last sync was sent */
	unsigned synced;  /* the same when the last answered one was */
	bool confirmed;
	bool ack_sent;
	bool ack_pending; /* sent since the last kill */
	bool ack_at_sync; /* it was, when the last sync was sent */
	bool ack_synced;  /* it is gone for good */
	bool drained;     /* it came since the drain began */
	bool gone;        /* it did not come in a drain before */
};

struct ledger {
	struct dialogue *dialogue;
	struct entry *entries; /* by seq */
	unsigned last_seq;
	unsigned last_drained[QUEUES_MAX]; /* seq, by queue */
	unsigned syncs;                    /* sent */
	bool draining;
};

void ledger_init(struct ledger *ledger, struct dialogue *dialogue);
void ledger_release(struct ledger *ledger);

/** A publish with the next seq, which is in .number. */
struct step ledger_publish(struct ledger *ledger, unsigned queue,
			   unsigned size);

/** Message @seq is acked. */
void ledger_ack(struct ledger *ledger, unsigned seq);

/** A sync; only while none is unanswered. */
struct step ledger_sync(struct ledger *ledger);

/** After a kill: what no synced has promised may be forgotten. */
void ledger_kill(struct ledger *ledger);

/**
 * Take in a line, whenever it comes. @queue is where a delivery came from.
 * Fails the candidate if it breaks a promise.
 */
void ledger_event(struct ledger *ledger, const struct event *event,
		  unsigned queue);

/** Whether, from now on, queues are drained after a restart: each message
 * comes once then, in its order. */
void ledger_drain(struct ledger *ledger, bool draining);

/** All that @queue has must have come. */
void ledger_drained(struct ledger *ledger, unsigned queue);

#endif
