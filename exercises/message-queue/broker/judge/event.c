/* event.c - see event.h */
#include "event.h"

#include <stdlib.h>
#include <string.h>

#include "step.h"

#define NUMBER_MAX ((json_int_t)1 << 53)

static const char *const confirm_keys[] = { "op", "seq", "ok", NULL };
static const char *const return_keys[] = { "op", "seq", NULL };
static const char *const error_keys[] = { "op", "ch", "code", NULL };
static const char *const synced_keys[] = { "op", "n", NULL };
static const char *const deliver_keys[] = {
	"op",          "ch",    "tag",    "mid", "body",
	"redelivered", "count", "deaths", NULL,
};

/* The op of a line, the field that is its number, and all it has. */
static const struct form {
	const char *op;
	const char *number;
	const char *const *keys;
} forms[] = {
	[EVENT_CONFIRM] = { "confirm", "seq", confirm_keys },
	[EVENT_RETURN] = { "return", "seq", return_keys },
	[EVENT_DELIVER] = { "deliver", "ch", deliver_keys },
	[EVENT_ERROR] = { "chan_error", "ch", error_keys },
	[EVENT_SYNCED] = { "synced", "n", synced_keys },
};

#define FORMS (sizeof forms / sizeof forms[0])

static void read_delivery(struct dialogue *dialogue, struct event *event)
{
	json_t *line = event->line;

	event->tag = dialogue_number(dialogue, line, "tag", 1, NUMBER_MAX);
	event->mid = dialogue_text(dialogue, line, "mid");
	event->seq = step_seq(event->mid);
	event->body = dialogue_text(dialogue, line, "body");
	event->redelivered = dialogue_flag(dialogue, line, "redelivered");
	event->count = dialogue_number(dialogue, line, "count", 0, NUMBER_MAX);
	event->deaths = json_object_get(line, "deaths");
	if (!json_is_array(event->deaths))
		dialogue_fail(dialogue, "\"deaths\" of a deliver is not a"
					" list");
}

struct event event_read(struct dialogue *dialogue, json_t *line)
{
	struct event event = { .line = line };
	const char *op = dialogue_text(dialogue, line, "op");
	size_t kind = 0;

	while (kind < FORMS && strcmp(op, forms[kind].op) != 0)
		kind++;
	if (kind == FORMS)
		dialogue_fail(dialogue,
			      "a broker writes no line with \"op\""
			      " \"%s\"",
			      op);
	dialogue_only(dialogue, line, forms[kind].keys);
	event.kind = (enum event_kind)kind;
	event.number = dialogue_number(dialogue, line, forms[kind].number, 0,
				       NUMBER_MAX);
	if (event.kind == EVENT_CONFIRM)
		event.ok = dialogue_flag(dialogue, line, "ok");
	if (event.kind == EVENT_ERROR)
		event.code = dialogue_number(dialogue, line, "code", 0,
					     NUMBER_MAX);
	if (event.kind == EVENT_DELIVER)
		read_delivery(dialogue, &event);
	return event;
}

void events_add(struct events *events, struct event event)
{
	if (events->count == events->size) {
		events->size = events->size ? 2 * events->size : 64;
		events->list = realloc(events->list,
				       events->size * sizeof events->list[0]);
		if (!events->list)
			judge_broken("out of memory");
	}
	events->list[events->count++] = event;
}

void events_clear(struct events *events)
{
	size_t i;

	for (i = 0; i < events->count; i++)
		json_decref(events->list[i].line);
	events->count = 0;
}
