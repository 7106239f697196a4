/*
 * leftovers.h - what a case could have left on the host
 *
 * Others may be working here at the same time: what is looked for is what
 * carries the case's mark, what belongs to users that only boxes have, and
 * what is in cgroups of our own.
 */
#ifndef HOSTILE_LEFTOVERS_H
#define HOSTILE_LEFTOVERS_H

#include <stddef.h>

struct leftovers; /* what there is before */

/** Before the first case and after the last one. */
void leftovers_begin(void);
void leftovers_end(void);

/** Before the first process of a case is started. */
struct leftovers *leftovers_note(void);
void leftovers_free(struct leftovers *before);

/**
 * After its last one ended: NULL, or what was left, in words; to be freed.
 * @mark is "NAME=VALUE" in the environment of all that the case started.
 * Orphans of the case come to this process, which asked for them.
 */
char *leftovers_complaint(const struct leftovers *before, const char *mark);

#endif
