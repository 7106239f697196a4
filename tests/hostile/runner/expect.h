/*
 * expect.h - what was seen, held against what a case expects
 *
 * "expect" is an object. Each of its entries must hold for @seen:
 *
 *   "KEY": value           seen.KEY is the same
 *   "KEY": [value, ...]    seen.KEY is one of them; if it is a list itself,
 *                          all of the values are in it
 *   "KEY": {...}           an object: each entry of it holds for seen.KEY
 *   "KEY at least": number, "KEY at most": number
 *   "KEY has": text or [text, ...]      seen.KEY, a text, contains each
 *   "KEY has not": text or [text, ...]  and none of these
 */
#ifndef HOSTILE_EXPECT_H
#define HOSTILE_EXPECT_H

#include <jansson.h>

/** NULL when all holds, else what does not, in words; to be freed. */
char *expect_complaint(const json_t *expect, const json_t *seen);

/** The entries of @seen that @expect is about, as one short line; free(). */
char *expect_line(const json_t *expect, const json_t *seen);

#endif
