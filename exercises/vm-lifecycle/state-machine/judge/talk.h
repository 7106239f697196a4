/*
 * talk.h - a script held with a program
 *
 * What comes is compared with what the model says, line by line. The first
 * that differs fails the program, by a sentence with the rule that it breaks.
 */
#ifndef TALK_H
#define TALK_H

#include <stdint.h>

#include "dialogue.h"
#include "script.h"

/**
 * All of @script, each line only when the one before is answered, and a
 * barrier behind it. Returns if all was right; a failure is made small.
 */
void talk(struct dialogue *dialogue, struct script *script);

/**
 * Exchanges @from to @until - 1, sent at once. Returns if all was right: the
 * nanoseconds from the first line sent to the last that came.
 */
uint64_t talk_at_once(struct dialogue *dialogue, const struct script *script,
		      size_t from, size_t until);

#endif
