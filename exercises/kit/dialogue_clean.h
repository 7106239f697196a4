/*
 * dialogue_clean.h - a stranger's bytes, for people to read
 *
 * A part of dialogue.h.
 */
#ifndef ASSAY_KIT_DIALOGUE_CLEAN_H
#define ASSAY_KIT_DIALOGUE_CLEAN_H

#include <stddef.h>

#define DIALOGUE_CLEAN_MIN 64 /* bytes that @room below has to have */

/**
 * Write @size bytes of @text to @to, as a string of one line of UTF-8 that
 * takes at most @room bytes, its NUL included. Whatever is no printing
 * character becomes \xNN. If it does not fit, or there were more bytes than
 * @size, namely @whole, its end says how many there were.
 */
void dialogue_clean(char *to, size_t room, const char *text, size_t size,
		    size_t whole);

#endif
