/*
 * check_words.h - what is wrong with a line that came, or did not, in words
 *
 * Each writes a sentence that names the rule of README.md, with the state of
 * the model as it was when the line had to come.
 */
#ifndef BROKER_CHECK_WORDS_H
#define BROKER_CHECK_WORDS_H

#include "event.h"
#include "model.h"

/** @stay is the oldest ready message of a queue whose consumer has room, and
 * no delivery in @events is that one. */
void words_missing(const struct model *model, const struct events *events,
		   const struct stay *stay, char *text, size_t size);

/** @event has nothing that caused it. */
void words_unexpected(const struct model *model, const struct event *event,
		      char *text, size_t size);

/** The confirm of @seq says @ok and should say the opposite. */
void words_confirm(const struct model *model, unsigned seq, bool ok, char *text,
		   size_t size);

#endif
