/*
 * hostile_text.h - what a candidate could put where a report shows it
 */
#ifndef HOSTILE_TEXT_H
#define HOSTILE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#define HOSTILE_TEXTS 12

/** Text @index, for JSON: valid UTF-8 without NUL. */
const char *hostile_text(size_t index);

/**
 * Replace every string in @value by hostile ones in turn, but for what decides
 * how things are shown: "status", "visibility", "whose", "unit".
 * With @keys, every object gets a hostile key as well.
 */
void hostile_spread(json_t *value, size_t *turn, bool keys);

#endif
