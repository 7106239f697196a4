/*
 * event.h - one line that a broker wrote
 *
 * Its form is checked while it is read: unknown lines and fields, missing ones
 * and ones of another type fail the candidate. What it says is checked later.
 */
#ifndef BROKER_EVENT_H
#define BROKER_EVENT_H

#include <stdbool.h>
#include <stddef.h>

#include "dialogue.h"

enum event_kind {
	EVENT_CONFIRM,
	EVENT_RETURN,
	EVENT_DELIVER,
	EVENT_ERROR,
	EVENT_SYNCED,
};

struct event {
	enum event_kind kind;
	json_t *line;      /* owned: the texts below are its */
	json_int_t number; /* seq, or n, or ch */
	bool ok;
	json_int_t code;
	json_int_t tag;
	const char *mid;
	unsigned seq; /* of the message "m7"; 0 if mid is not of this form */
	const char *body;
	bool redelivered;
	json_int_t count;
	const json_t *deaths;
	bool used; /* for who compares them with what has to come */
};

struct events {
	struct event *list;
	size_t count;
	size_t size;
};

/** Steals @line. Does not return if it is no line of a broker's. */
struct event event_read(struct dialogue *dialogue, json_t *line);

void events_add(struct events *events, struct event event);

/** Forget them all. */
void events_clear(struct events *events);

#endif
