/*
 * dialogue_shown.h - the last lines of a dialogue, to be shown with a failure
 *
 * A part of dialogue.h. It costs a copy of at most DIALOGUE_SHOWN_BYTES for
 * each line, and nothing else until there is a failure.
 */
#ifndef ASSAY_KIT_DIALOGUE_SHOWN_H
#define ASSAY_KIT_DIALOGUE_SHOWN_H

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "dialogue.h"

#define DIALOGUE_SHOWN_BYTES 400 /* of each line */
/* So many of each direction are shown, if there are, also when the other has
 * spoken all the while since. */
#define DIALOGUE_SHOWN_EACH 10

enum dialogue_way {
	DIALOGUE_SENT,
	DIALOGUE_CAME,
	DIALOGUE_NOTED, /* what happened, in words of ours */
	DIALOGUE_WAYS,
};

struct dialogue_shown_line {
	uint64_t number; /* in the order of all */
	size_t size;     /* of the whole line */
	char text[DIALOGUE_SHOWN_BYTES];
};

/* All zeroes is one in which nothing is. */
struct dialogue_shown {
	uint64_t lines;                /* of all ways, so far */
	uint64_t count[DIALOGUE_WAYS]; /* of each */
	struct dialogue_shown_line last[DIALOGUE_WAYS][DIALOGUE_SHOWN];
};

void dialogue_shown_add(struct dialogue_shown *shown, enum dialogue_way way,
			const char *text, size_t size);

/** As text, a line each, "..." where some are left out. The caller's. */
json_t *dialogue_shown_lines(const struct dialogue_shown *shown);

/** One line of such a text. The caller's. */
json_t *dialogue_shown_text(enum dialogue_way way, const char *text,
			    size_t size, size_t whole);

#endif
