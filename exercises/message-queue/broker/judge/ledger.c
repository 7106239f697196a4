/* ledger.c - see ledger.h */
#include "ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES_MAX 100000

void ledger_init(struct ledger *ledger, struct dialogue *dialogue)
{
	*ledger = (struct ledger){ .dialogue = dialogue };
	ledger->entries = calloc(ENTRIES_MAX, sizeof ledger->entries[0]);
	if (!ledger->entries)
		judge_broken("out of memory");
}

void ledger_release(struct ledger *ledger)
{
	free(ledger->entries);
}

static struct entry *entry_of(struct ledger *ledger, json_int_t seq)
{
	if (seq < 1 || seq > (json_int_t)ledger->last_seq)
		return NULL;
	return &ledger->entries[seq];
}

struct step ledger_publish(struct ledger *ledger, unsigned queue, unsigned size)
{
	unsigned seq = ++ledger->last_seq;

	if (seq >= ENTRIES_MAX)
		judge_broken("more than %d messages", ENTRIES_MAX);
	ledger->entries[seq] = (struct entry){ .queue = queue, .size = size };
	return (struct step){ .op = STEP_PUBLISH,
			      .number = seq,
			      .queue = queue,
			      .size = size,
			      .mandatory = true };
}

void ledger_ack(struct ledger *ledger, unsigned seq)
{
	ledger->entries[seq].ack_sent = true;
	ledger->entries[seq].ack_pending = true;
}

struct step ledger_sync(struct ledger *ledger)
{
	unsigned seq;

	for (seq = 1; seq <= ledger->last_seq; seq++) {
		struct entry *entry = &ledger->entries[seq];

		entry->ack_at_sync = entry->ack_pending;
		entry->at_sync = entry->counted;
	}
	return (struct step){ .op = STEP_SYNC, .number = ++ledger->syncs };
}

void ledger_kill(struct ledger *ledger)
{
	unsigned seq;

	for (seq = 1; seq <= ledger->last_seq; seq++) {
		ledger->entries[seq].ack_pending = false;
		ledger->entries[seq].counted = ledger->entries[seq].synced;
	}
}

/* ---- findings ---- */

/* A small dialogue about one message: what was promised, and what happened. */
static void show(struct ledger *ledger, unsigned seq)
{
	struct entry *entry = &ledger->entries[seq];
	struct step publish = { .op = STEP_PUBLISH,
				.number = seq,
				.queue = entry->queue,
				.size = entry->size,
				.mandatory = true };
	struct step consume = { .op = STEP_CONSUME,
				.number = 1,
				.queue = entry->queue };
	char *text = step_text(&publish);
	char line[96];

	dialogue_show(ledger->dialogue, "the part of it that is about this"
					" message");
	text[strlen(text) - 1] = '\0';
	dialogue_show_sent(ledger->dialogue, text);
	free(text);
	(void)snprintf(line, sizeof line,
		       "{\"op\":\"confirm\",\"seq\":%u,"
		       "\"ok\":true}",
		       seq);
	if (entry->confirmed)
		dialogue_show_came(ledger->dialogue, line);
	(void)snprintf(line, sizeof line, "(%u deliveries of \"m%u\")",
		       entry->seen, seq);
	if (entry->seen > 0)
		dialogue_show_came(ledger->dialogue, line);
	if (entry->ack_sent)
		dialogue_show_sent(ledger->dialogue, "(an ack of the last)");
	if (entry->ack_synced)
		dialogue_show_came(ledger->dialogue, "(a synced after that)");
	dialogue_show_sent(ledger->dialogue, "(SIGKILL, and started again)");
	text = step_text(&consume);
	text[strlen(text) - 1] = '\0';
	dialogue_show_sent(ledger->dialogue, text);
	free(text);
}

static void confirm(struct ledger *ledger, const struct event *event)
{
	struct entry *entry = entry_of(ledger, event->number);

	if (!entry)
		dialogue_fail(ledger->dialogue,
			      "seq %" JSON_INTEGER_FORMAT
			      " was confirmed and never published",
			      event->number);
	if (entry->confirmed)
		dialogue_fail(ledger->dialogue,
			      "seq %" JSON_INTEGER_FORMAT
			      " was confirmed twice",
			      event->number);
	if (!event->ok)
		dialogue_fail(ledger->dialogue,
			      "the confirm of seq %" JSON_INTEGER_FORMAT
			      " has ok false, and its queue"
			      " has no bound",
			      event->number);
	entry->confirmed = true;
}

/* What holds for every delivery, and its entry. */
static struct entry *delivery(struct ledger *ledger, const struct event *event,
			      unsigned queue)
{
	struct entry *entry = entry_of(ledger, event->seq);
	char *body;
	bool same;

	if (!entry)
		dialogue_fail(ledger->dialogue,
			      "message \"%s\" was delivered"
			      " and never published",
			      event->mid);
	if (entry->queue != queue)
		dialogue_fail(ledger->dialogue,
			      "message \"%s\" was published"
			      " to q%u and delivered from q%u",
			      event->mid, entry->queue, queue);
	body = step_body(event->seq, entry->size);
	same = strcmp(body, event->body) == 0;
	free(body);
	if (!same)
		dialogue_fail(ledger->dialogue,
			      "message \"%s\" was delivered"
			      " with another body than it was published with",
			      event->mid);
	if (entry->ack_synced) {
		show(ledger, event->seq);
		dialogue_fail(ledger->dialogue,
			      "message \"%s\" came again,"
			      " although it had been acked and a synced came"
			      " after the ack",
			      event->mid);
	}
	if (entry->gone) {
		show(ledger, event->seq);
		dialogue_fail(ledger->dialogue,
			      "message \"%s\" came, although"
			      " it was not there when its queue was drained"
			      " after a kill before",
			      event->mid);
	}
	if (entry->seen > 0 && !event->redelivered) {
		show(ledger, event->seq);
		dialogue_fail(ledger->dialogue,
			      "message \"%s\" was delivered"
			      " with redelivered false, and had been delivered"
			      " before",
			      event->mid);
	}
	if (event->count > 0 && !event->redelivered) {
		show(ledger, event->seq);
		dialogue_fail(ledger->dialogue,
			      "message \"%s\" was delivered"
			      " with redelivered false and count"
			      " %" JSON_INTEGER_FORMAT,
			      event->mid, event->count);
	}
	if (event->count < (json_int_t)entry->synced) {
		show(ledger, event->seq);
		dialogue_fail(ledger->dialogue,
			      "message \"%s\" was delivered"
			      " with count %" JSON_INTEGER_FORMAT "; it had"
			      " been delivered %u times when the last synced"
			      " came",
			      event->mid, event->count, entry->synced);
	}
	entry->seen++;
	entry->counted++;
	return entry;
}

/* Each comes once, in the order of their positions. */
static void drain_delivery(struct ledger *ledger, struct entry *entry,
			   const struct event *event)
{
	unsigned *last = &ledger->last_drained[entry->queue];

	if (entry->drained)
		dialogue_fail(ledger->dialogue,
			      "message \"%s\" was there twice"
			      " after the restart",
			      event->mid);
	if (event->seq < *last)
		dialogue_fail(ledger->dialogue,
			      "after the restart message"
			      " \"%s\" came from q%u after \"m%u\", which was"
			      " published later: messages keep their position",
			      event->mid, entry->queue, *last);
	entry->drained = true;
	*last = event->seq;
}

static void synced(struct ledger *ledger, const struct event *event)
{
	unsigned seq;

	if (event->number != (json_int_t)ledger->syncs)
		dialogue_fail(ledger->dialogue,
			      "synced %" JSON_INTEGER_FORMAT
			      " came, expected %u",
			      event->number, ledger->syncs);
	for (seq = 1; seq <= ledger->last_seq; seq++) {
		struct entry *entry = &ledger->entries[seq];

		entry->ack_synced |= entry->ack_at_sync;
		entry->synced = entry->at_sync;
	}
}

void ledger_event(struct ledger *ledger, const struct event *event,
		  unsigned queue)
{
	struct entry *entry;

	switch (event->kind) {
	case EVENT_CONFIRM:
		confirm(ledger, event);
		break;
	case EVENT_DELIVER:
		entry = delivery(ledger, event, queue);
		if (ledger->draining)
			drain_delivery(ledger, entry, event);
		break;
	case EVENT_SYNCED:
		synced(ledger, event);
		break;
	case EVENT_RETURN:
	case EVENT_ERROR:
	default:
		dialogue_fail(ledger->dialogue,
			      "a %s came, and nothing that"
			      " was sent asks for one",
			      event->kind == EVENT_RETURN ? "return"
							  : "chan_error");
	}
}

void ledger_drain(struct ledger *ledger, bool draining)
{
	unsigned seq;

	for (seq = 1; seq <= ledger->last_seq; seq++)
		ledger->entries[seq].drained = false;
	memset(ledger->last_drained, 0, sizeof ledger->last_drained);
	ledger->draining = draining;
}

void ledger_drained(struct ledger *ledger, unsigned queue)
{
	unsigned seq;

	for (seq = 1; seq <= ledger->last_seq; seq++) {
		struct entry *entry = &ledger->entries[seq];

		if (entry->queue != queue || entry->drained)
			continue;
		entry->gone = true;
		if (entry->ack_sent || !entry->confirmed)
			continue;
		show(ledger, seq);
		dialogue_fail(ledger->dialogue,
			      "message \"m%u\" was confirmed"
			      " and is lost: it did not come when q%u was"
			      " drained after the kill",
			      seq, queue);
	}
}
