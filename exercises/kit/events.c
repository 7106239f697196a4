/* events.c - see events.h */
#include "events.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

void events_init(struct events *events, int fd)
{
	events->fd = fd;
	events->first = 0;
	events->used = 0;
}

/* 1: a line was in the buffer and is out of it. 0: there is no whole line. */
static int take_line(struct events *events, json_t **ret, struct error *err)
{
	char *start = events->buffer + events->first;
	char *end = memchr(start, '\n', events->used - events->first);
	json_error_t problem;
	json_t *line;
	size_t size;

	if (!end)
		return 0;
	size = (size_t)(end - start);
	line = json_loadb(start, size, 0, &problem);
	events->first += size + 1;
	if (!line)
		return error_set(err, EPROTO, "event: %s", problem.text);
	*ret = line;
	return 1;
}

/* The unfinished line to the front; once per read, not once per line. */
static void make_room(struct events *events)
{
	events->used -= events->first;
	memmove(events->buffer, events->buffer + events->first, events->used);
	events->first = 0;
}

int events_next(struct events *events, json_t **ret, struct error *err)
{
	struct pollfd ready = { .fd = events->fd, .events = POLLIN };
	ssize_t got;
	int r;

	r = take_line(events, ret, err);
	if (r != 0)
		return r;
	if (poll(&ready, 1, 0) <= 0)
		return 0;
	make_room(events);
	if (events->used == sizeof events->buffer)
		return error_set(err, EPROTO, "event: line too long");
	got = read(events->fd, events->buffer + events->used,
		   sizeof events->buffer - events->used);
	if (got < 0 && errno == EINTR)
		return 0;
	if (got <= 0)
		return error_set(err, EPIPE, "events: the harness has gone");
	events->used += (size_t)got;
	return take_line(events, ret, err);
}
