/*
 * story.h - what is wrong with a line, for people
 */
#ifndef STORY_H
#define STORY_H

#include "dialogue.h"
#include "script.h"

/**
 * Fails the candidate: answer @answer of @exchange should have come next, and
 * @came did. @before is the exchange before, without a line if there is none.
 */
__attribute__((noreturn)) void story_fail(struct dialogue *dialogue,
					  const struct exchange *before,
					  const struct exchange *exchange,
					  size_t answer, const json_t *came);

#endif
