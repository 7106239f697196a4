/*
 * explorer_place.h - a place in the program as words
 *
 * The inner part of explorer_story.h. A place is a stack of return addresses;
 * what a person wants to see of it is the innermost line that is the
 * candidate's own, or else whatever is known.
 */
#ifndef ASSAY_KIT_EXPLORER_PLACE_H
#define ASSAY_KIT_EXPLORER_PLACE_H

#include <assay/explore.h>

#include "explorer_lines.h"

#define EXPLORER_PLACE_MAX 208
#define EXPLORER_DEPTH_TEXT_MAX 1200 /* of a whole stack */

/** The frame to show; NULL when nothing is known of any. */
const struct explorer_line *
explorer_place_line(const struct explorer_lines *lines,
		    const struct explore_place *place);

/** "bq.c:63 (bq_take)", "bq.c:75 (sleep_on in bq_take)", "0x4011f3", or "a place that is not known". */
void explorer_place_text(const struct explorer_lines *lines,
			 const struct explore_place *place,
			 char text[static EXPLORER_PLACE_MAX]);

/** "bq_take, bq.c:63", for sentences that are about the function. */
void explorer_place_inside(const struct explorer_lines *lines,
			   const struct explore_place *place,
			   char text[static EXPLORER_PLACE_MAX]);

/** "bq.c:63 bq_take", or less of it, in at most @width bytes. */
void explorer_place_short(const struct explorer_lines *lines,
			  const struct explore_place *place, char *text,
			  size_t width);

/** All of it, innermost first: "bq_take bq.c:63 < taker s.c:12 < ...". */
void explorer_place_stack(const struct explorer_lines *lines,
			  const struct explore_place *place, char *text,
			  size_t size);

#endif
