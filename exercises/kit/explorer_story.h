/*
 * explorer_story.h - a failing schedule for people
 *
 * What happened in one sentence with its places; the schedule as a table with
 * a column for each thread; how many preemptions it takes. Lines are UTF-8
 * without control characters, at most EXPLORER_STORY_WIDTH columns. All that is
 * known comes out of the runtime's memory, so it is data, and at worst a tale.
 */
#ifndef ASSAY_KIT_EXPLORER_STORY_H
#define ASSAY_KIT_EXPLORER_STORY_H

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "explorer_lines.h"
#include "explorer_run.h"

#define EXPLORER_STORY_WIDTH 110
#define EXPLORER_STORY_ROWS_MAX 60
#define EXPLORER_SENTENCE_MAX 1024

struct explorer_story {
	const struct explorer_run *run;     /* with events, or it is short */
	const struct explorer_lines *lines; /* NULL: no names */
	const char *wrong; /* what the judge says of a history; NULL: nothing */
	uint32_t preemptions; /* of the schedule it was found with */
};

/**
 * All addresses that a story of @run names, for explorer_lines_look_up(); each
 * once. The caller frees *ret. Returns how many; 0 and NULL for none.
 */
size_t explorer_story_pcs(const struct explorer_run *run, uint64_t **ret);

/** "data race: thread 2 writes 8 bytes at bq.c:63 (bq_take) while ...". */
void explorer_story_sentence(const struct explorer_story *story,
			     char text[static EXPLORER_SENTENCE_MAX]);

/** What is known beyond the sentence: who waits, and the calls that led to each
 * place. May be empty. */
json_t *explorer_story_what(const struct explorer_story *story);

/** The schedule, as a table. Empty without events. */
json_t *explorer_story_schedule(const struct explorer_story *story);

/** "1 preemption (the schedule it was found with had 198)". */
void explorer_story_preemptions(const struct explorer_story *story, char *text,
				size_t size);

#endif
