/*
 * explorer_operation.h - what one operation of a schedule did, as words
 *
 * The inner part of explorer_story.h. Locks, conditions and so on are called
 * A, B, ... in the order in which they are met.
 */
#ifndef ASSAY_KIT_EXPLORER_OPERATION_H
#define ASSAY_KIT_EXPLORER_OPERATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "explorer_run.h"

#define EXPLORER_OPERATION_MAX 64
#define EXPLORER_OBJECTS_MAX 26

struct explorer_objects {
	uint64_t address[EXPLORER_OBJECTS_MAX];
	size_t count;
};

/** "locks A", "reads 3", "loads 0, 2 stores behind". */
void explorer_operation_text(struct explorer_objects *objects,
			     const struct explore_event *event,
			     char text[static EXPLORER_OPERATION_MAX]);

/**
 * Which events concern nobody but their thread, so that a reader misses
 * nothing: plain accesses to memory that no other thread touches, clocks, a thread's begin and end.
 * @hidden has room for all events of @run.
 */
void explorer_operation_hide(const struct explorer_run *run, bool *hidden);

/**
 * Whether the thread of event @last, which does not go on with the event
 * behind it, could have: it was preempted. *next is its next event; entry.events
 * if it has none.
 */
bool explorer_operation_preempted(const struct explorer_run *run, uint32_t last,
				  uint32_t *next);

#endif
