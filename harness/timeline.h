/*
 * timeline.h - the lines of a trace, as what they are a picture of
 *
 * Judges write histories for a terminal; whoever draws them otherwise needs
 * back what was drawn. Three kinds of pictures are known: calls with their
 * beginnings and ends (exercises/kit/queue_call.c and its like), the rows of a
 * schedule (exercises/kit/explorer_timeline.c), and the messages of a dialogue
 * (exercises/kit/dialogue.h). Anything else is text: nothing is lost.
 */
#ifndef ASSAY_TIMELINE_H
#define ASSAY_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#define TIMELINE_ROWS_MAX 400

enum timeline_kind {
	TIMELINE_TEXT,
	TIMELINE_CALLS,
	TIMELINE_SCHEDULE,
	TIMELINE_DIALOGUE,
};

struct timeline_row {
	int thread;     /* -1: a remark between the rows, text is all of it */
	unsigned begin; /* of a call: columns; of a schedule: the step */
	unsigned end;
	bool open;    /* a call that had not returned */
	bool sent;    /* of a dialogue: by the judge */
	char *text;   /* the call; what the step does; the message */
	char *place;  /* of a schedule: "bq.c:41 bq_put" */
	char *source; /* of a schedule: that line */
};

struct timeline {
	enum timeline_kind kind;
	struct timeline_row *rows;
	size_t count;
	int threads;    /* highest number and 1 */
	unsigned width; /* of calls: columns */
};

/** Read @lines, an array of strings. timeline_release() what comes out. */
void timeline_read(const json_t *lines, struct timeline *timeline);
void timeline_release(struct timeline *timeline);

#endif
