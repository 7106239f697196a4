/*
 * explorer_waits.h - who waits for whom at a schedule's end
 *
 * The inner part of explorer_story.h.
 */
#ifndef ASSAY_KIT_EXPLORER_WAITS_H
#define ASSAY_KIT_EXPLORER_WAITS_H

#include <stdint.h>

#include <assay/explore.h>

#include "explorer_lines.h"

#define EXPLORER_WAIT_MAX 320

/**
 * The threads that wait, in the order in which to tell them: first those that
 * wait for each other in a circle, last those that only wait for a thread's
 * end. Returns how many; *cycle is how many of the first are the circle.
 */
uint32_t explorer_waits(const struct explore_finding *finding,
			uint8_t order[static EXPLORE_THREADS_MAX],
			uint32_t *cycle);

/** "a mutex that thread 3 holds, taken at bq.c:54 (bq_put)". */
void explorer_wait_text(const struct explorer_lines *lines,
			const struct explore_thread *thread,
			char text[static EXPLORER_WAIT_MAX]);

#endif
