/*
 * story.h - what went wrong in a dialogue, for people
 */
#ifndef STORY_H
#define STORY_H

#include "dialogue.h"
#include "script.h"

/**
 * Fails the candidate: answer @answer of exchange @exchange should have come
 * next, and @came did. Shows the lines about the machine that it is about, from
 * where that was made or set.
 */
__attribute__((noreturn)) void
story_fail(struct judge *judge, struct dialogue *dialogue,
	   const struct script *script, size_t exchange, size_t answer,
	   const json_t *came);

#endif
