/*
 * told.h - what a program's answers say that it did on a pool
 *
 * Answers and record come by two ways, and have to agree: a record that lacks
 * calls shows nothing wrong of them.
 */
#ifndef POOL_TOLD_H
#define POOL_TOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "history.h"
#include "pool_call.h"
#include "protocol.h"

/* All zeroes: nothing yet. Of a wait and a cancel there is only what returned 0:
 * none is made on a future that a failed submit has not given. */
struct told {
	uint64_t made[POOL_KINDS]; /* calls, whatever they returned */
	uint64_t well[POOL_KINDS]; /* that returned 0 */
};

/** Count what is in @reply, the answer to @command. false: so many calls that
 * returned 0 and such a result are no answer to that. */
bool told_add(struct told *told, const struct command *command,
	      const struct reply *reply);

/**
 * Whether @calls, those of pool_calls(), hold what was told, beside what tasks
 * did, and all that has to have returned has. If not, @text says so.
 */
bool told_holds(const struct told *told, const struct history *calls,
		char *text, size_t size);

#endif
