/* drain.c - see drain.h */
#include "drain.h"

#include <string.h>

#define DRAIN_PREFETCH 10000

static void send(struct drain *drain, struct step step)
{
	run_send(drain->dialogue, &step);
}

void drain_init(struct drain *drain, struct judge *judge)
{
	unsigned queue;

	*drain = (struct drain){
		.judge = judge,
		.dialogue = dialogue_start(judge, JUDGE_CANDIDATE),
		.random = random_from(judge_seed(judge)),
	};
	ledger_init(&drain->ledger, drain->dialogue);
	for (queue = DRAIN_FIRST; queue <= DRAIN_ARCHIVE; queue++)
		send(drain, (struct step){ .op = STEP_DECLARE,
					   .queue = queue,
					   .settings.limit = STEP_NO_LIMIT });
	drain_sync(drain);
	drain_await_sync(drain);
}

void drain_pass(struct drain *drain)
{
	ledger_release(&drain->ledger);
	dialogue_finish(drain->dialogue);
	judge_pass(drain->judge, 1.0);
}

/* ---- what is sent ---- */

void drain_publish(struct drain *drain, unsigned queue, unsigned size)
{
	send(drain, ledger_publish(&drain->ledger, queue, size));
}

void drain_open(struct drain *drain)
{
	drain->channels += DRAIN_ARCHIVE;
	memset(drain->last_tags, 0, sizeof drain->last_tags);
}

void drain_consume(struct drain *drain, unsigned queue, unsigned prefetch)
{
	send(drain, (struct step){ .op = STEP_CONSUME,
				   .number = drain->channels + queue,
				   .queue = queue,
				   .prefetch = prefetch });
}

void drain_ack(struct drain *drain, const struct delivery *delivery)
{
	ledger_ack(&drain->ledger, delivery->seq);
	send(drain, (struct step){ .op = STEP_ACK,
				   .number = delivery->channel,
				   .tag = delivery->tag });
}

void drain_requeue(struct drain *drain, const struct delivery *delivery)
{
	send(drain, (struct step){ .op = STEP_NACK,
				   .number = delivery->channel,
				   .tag = delivery->tag,
				   .requeue = true });
}

void drain_sync(struct drain *drain)
{
	if (!drain->unanswered)
		send(drain, ledger_sync(&drain->ledger));
	drain->unanswered = true;
}

/* ---- what comes ---- */

/* The queue of a delivery on @number, which has to be an open channel. */
static unsigned queue_of(struct drain *drain, const struct event *event)
{
	json_int_t queue = event->number - drain->channels;
	unsigned *last_tag;

	if (queue < DRAIN_FIRST || queue > DRAIN_ARCHIVE)
		dialogue_fail(drain->dialogue,
			      "a delivery came on channel %" JSON_INTEGER_FORMAT
			      ", which is not open",
			      event->number);
	last_tag = &drain->last_tags[queue];
	if (event->tag != (json_int_t)*last_tag + 1)
		dialogue_fail(
			drain->dialogue,
			"the tag after %u on channel %" JSON_INTEGER_FORMAT
			" was %" JSON_INTEGER_FORMAT,
			*last_tag, event->number, event->tag);
	++*last_tag;
	return (unsigned)queue;
}

bool drain_take(struct drain *drain, struct event *event, struct delivery *ret)
{
	bool delivery = event->kind == EVENT_DELIVER;
	unsigned queue = delivery ? queue_of(drain, event) : 0;

	ledger_event(&drain->ledger, event, queue);
	if (event->kind == EVENT_SYNCED)
		drain->unanswered = false;
	if (delivery)
		*ret = (struct delivery){ .channel = (unsigned)event->number,
					  .tag = (unsigned)event->tag,
					  .seq = event->seq };
	json_decref(event->line);
	return delivery;
}

bool drain_next(struct drain *drain, const char *doing, struct delivery *ret)
{
	struct event event = run_next(drain->dialogue, doing);

	return drain_take(drain, &event, ret);
}

void drain_await_sync(struct drain *drain)
{
	struct delivery delivery;

	while (drain->unanswered)
		(void)drain_next(drain, "a sync waits for its answer",
				 &delivery);
}

/* ---- what is left ---- */

void drain_kill(struct drain *drain)
{
	struct delivery delivery;
	struct event event;
	json_t *line;

	dialogue_kill(drain->dialogue);
	while ((line = dialogue_left(drain->dialogue))) {
		event = event_read(drain->dialogue, line);
		(void)drain_take(drain, &event, &delivery);
	}
	drain->unanswered = false;
	ledger_kill(&drain->ledger);
	dialogue_restart(drain->dialogue, true);
}

void drain_all(struct drain *drain, unsigned last_queue)
{
	struct step close = { .op = STEP_CLOSE };
	struct delivery delivery;
	unsigned queue;

	ledger_drain(&drain->ledger, true);
	drain_open(drain);
	for (queue = DRAIN_FIRST; queue <= last_queue; queue++)
		drain_consume(drain, queue, DRAIN_PREFETCH);
	drain_sync(drain);
	while (drain->unanswered)
		if (drain_next(drain, "all queues are drained", &delivery))
			drain_ack(drain, &delivery);
	for (queue = DRAIN_FIRST; queue <= last_queue; queue++) {
		ledger_drained(&drain->ledger, queue);
		close.number = drain->channels + queue;
		send(drain, close);
	}
	drain_sync(drain);
	drain_await_sync(drain);
	ledger_drain(&drain->ledger, false);
}
