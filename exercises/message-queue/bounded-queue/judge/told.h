/*
 * told.h - what a program's answers say that it did on each queue
 *
 * Answers and record come by two ways, and have to agree: a record that lacks
 * calls shows nothing wrong of them.
 */
#ifndef BQ_TOLD_H
#define BQ_TOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "history.h"
#include "protocol.h"

/* All zeroes: nothing yet. */
struct told {
	struct {
		uint64_t made; /* calls */
		uint64_t well; /* that returned 0 */
	} of[PROTOCOL_QUEUES][PROTOCOL_WORKERS];
};

/** Count what is in @reply, the answer to @command. Its calls end with the first
 * that does not return 0, unless they are mixed: false if so many that returned
 * 0 and such a result are no answer to that. */
bool told_add(struct told *told, const struct command *command,
	      const struct reply *reply);

/**
 * Whether @history, the calls on @queue, holds what was told of it, and none
 * that has not returned: all who made some have answered. If not, @text says
 * so.
 */
bool told_agrees(const struct told *told, uint32_t queue,
		 const struct history *history, char *text, size_t size);

#endif
