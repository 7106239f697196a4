/*
 * texts.h - many short texts in one piece of memory
 *
 * A batch has an id and a path of each of its submissions, of which malloc()
 * would make 32 bytes and more each, and a pointer. Here a text takes its
 * characters and a NUL, and is known by where it stands. None is ever let go
 * of alone.
 */
#ifndef ASSAY_TEXTS_H
#define ASSAY_TEXTS_H

#include <stddef.h>
#include <stdint.h>

#define TEXTS_NONE 0 /* where no text stands */

/* All zero: none yet. */
struct texts {
	char *bytes;
	size_t used, room;
};

void texts_release(struct texts *texts);

/** Add @size bytes of @text, which have no NUL; where they stand then. What
 * does not fit into 4 GiB is memory that there is not. */
uint32_t texts_add(struct texts *texts, const char *text, size_t size);

/** The text that stands @at; until the next is added. NULL for TEXTS_NONE. */
const char *texts_at(const struct texts *texts, uint32_t at);

#endif
