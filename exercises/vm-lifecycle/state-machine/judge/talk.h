/*
 * talk.h - a script held with a program
 *
 * A stretch of it is sent at once, and what comes is compared line by line. The
 * first that differs fails the program with the rule that it breaks, and with
 * the lines of the dialogue that are about the same machine.
 */
#ifndef TALK_H
#define TALK_H

#include <stdint.h>

#include "dialogue.h"
#include "script.h"

/**
 * Exchanges @from to @until - 1. Returns if all was right: the nanoseconds
 * from the first line sent to the last that came.
 */
uint64_t talk(struct judge *judge, struct dialogue *dialogue,
	      const struct script *script, size_t from, size_t until);

#endif
