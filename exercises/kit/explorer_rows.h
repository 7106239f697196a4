/*
 * explorer_rows.h - which operations of a schedule a person sees, row by row
 *
 * The inner part of explorer_story.h. Operations that stand one behind the
 * other on one line of the source share a row; what is between them, such as a
 * preemption, is a row of its own; a loop is told once.
 */
#ifndef ASSAY_KIT_EXPLORER_ROWS_H
#define ASSAY_KIT_EXPLORER_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "explorer_operation.h"
#include "explorer_story.h"

#define EXPLORER_WHAT_WIDTH 24 /* columns for what a row did */

struct explorer_row {
	char *remark;   /* the whole row; NULL: operations */
	uint32_t first; /* event */
	char what[EXPLORER_WHAT_WIDTH + EXPLORER_OPERATION_MAX];
};

struct explorer_rows {
	const struct explorer_story *story;
	struct explorer_objects objects;
	struct explorer_row *rows;
	size_t count;
	size_t room;
};

/** All rows of @story's run; explorer_rows_release() them. */
struct explorer_rows explorer_rows_of(const struct explorer_story *story);

void explorer_rows_release(struct explorer_rows *rows);

/** Bytes of @text, UTF-8, that take at most @columns, one for a character. */
int explorer_rows_fit(const char *text, size_t columns);

#endif
