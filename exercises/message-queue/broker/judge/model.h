/*
 * model.h - a broker as README.md has it, for a judge to compare with
 *
 * Steps take effect on it one after the other. What they cause is told to a
 * listener; the one thing that README.md leaves to the broker, which consumer
 * with room gets a message, the listener decides, who has seen what the
 * broker did.
 *
 * Not here: anything about how a broker survives. That is ledger.h.
 */
#ifndef BROKER_MODEL_H
#define BROKER_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "judge.h"
#include "step.h"

/* One stay of a message in a queue. */
struct stay {
	struct stay *next; /* in the queue, by position */
	unsigned seq;      /* whose message */
	unsigned queue;
	uint64_t position;
	uint64_t since; /* when it came */
	unsigned count; /* deliveries so far */
	json_t *deaths; /* newest first; never changed, shared */
	bool unacked;
	bool recovered; /* there was a restart meanwhile */
};

struct unacked {
	unsigned tag;
	struct stay *stay;
};

struct channel {
	struct channel *next;
	unsigned number;
	unsigned queue;
	unsigned prefetch;
	unsigned last_tag;
	bool open;
	struct unacked *unacked; /* by tag */
	size_t count;
	size_t size;
};

struct queue {
	bool declared;
	struct settings settings;
	struct stay *stays;
	size_t ready;
};

/* What has become of a message that is in no queue, for words. */
enum fate {
	FATE_UNKNOWN, /* never published */
	FATE_QUEUED,
	FATE_NOWHERE, /* there was no such queue */
	FATE_REFUSED,
	FATE_ACKED,
	FATE_DEAD, /* died without a queue to go to */
	FATE_CIRCLES,
};

struct published {
	enum fate fate;
	unsigned size; /* of the body, as in the step */
};

struct model_listener {
	void *self;
	/* Who gets @stay, the oldest ready of its queue, now that a consumer
	 * has room? NULL: no answer; then nothing happens any more. */
	struct channel *(*deliver)(void *self, const struct stay *stay);
	void (*confirm)(void *self, unsigned seq, bool ok);
	void (*returned)(void *self, unsigned seq);
	void (*error)(void *self, unsigned ch, unsigned code);
};

struct model {
	struct queue queues[QUEUES_MAX];
	struct channel *channels;    /* closed ones as well */
	struct published *published; /* by seq */
	size_t published_size;
	uint64_t now;
	uint64_t last_position;
	struct model_listener listener;
	bool halted; /* the listener had no answer */
};

void model_init(struct model *model, struct model_listener listener);
void model_release(struct model *model);

/** Let @step take effect. A kill is a restart after all was synced. */
void model_apply(struct model *model, const struct step *step);

/** The open channel of this number, or NULL. */
struct channel *model_channel(const struct model *model, json_int_t number);

bool channel_has_room(const struct channel *channel);

/** Whether @tag can be settled on @channel. */
bool channel_holds(const struct channel *channel, unsigned tag);

/** Where message @seq is, or NULL. */
const struct stay *model_find(const struct model *model, unsigned seq);

/** What is known of message @seq. */
struct published model_published(const struct model *model, unsigned seq);

#endif
