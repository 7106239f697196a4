/*
 * text.h - bytes that a candidate chose, made fit to be shown
 *
 * What goes into a report must be UTF-8; what goes to a terminal must, on top
 * of that, not be able to move the cursor, change colours, or reorder what
 * stands around it.
 */
#ifndef ASSAY_TEXT_H
#define ASSAY_TEXT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define TEXT_REPLACEMENT 0xfffdu /* U+FFFD */

/**
 * The character that @bytes (@size of them, at least 1) start with, or
 * TEXT_REPLACEMENT where they are not UTF-8 (Unicode 15, table 3-7).
 * Returns how many bytes it took, at least 1.
 */
size_t text_decode(const char *bytes, size_t size, uint32_t *code);

/**
 * @size bytes as valid UTF-8: broken sequences become U+FFFD, NUL and other
 * control characters but newline and tab become U+FFFD too. At most
 * @max_bytes, cut at a character with "..." behind. free() it; never NULL
 * (out of memory aborts).
 */
char *text_clean(const char *bytes, size_t size, size_t max_bytes);

/**
 * @text as one line for a terminal or a spreadsheet: white space becomes a
 * blank; control characters, characters that change the direction of writing
 * and invisible ones become U+FFFD. free() it; never NULL.
 */
char *text_line(const char *text);

/** Terminal columns that a @text made by text_line() takes. */
size_t text_columns(const char *text);

/**
 * Bytes of the longest part of @text, from its start and whole characters
 * only, that takes at most @columns.
 */
size_t text_fit(const char *text, size_t columns);

/** @text as one line of at most @columns, an ellipsis where it was cut. free()
 * it; never NULL. */
char *text_fitted(const char *text, size_t columns);

/** printf to memory. free() it; never NULL. */
__attribute__((format(printf, 1, 2))) char *text_format(const char *format,
							...);
/** The same, vprintf's way. */
__attribute__((format(printf, 1, 0))) char *text_vformat(const char *format,
							 va_list args);

/** Close what open_memstream() opened; @text is all that was written to it. */
void text_stream_close(FILE *stream, char **text);

#endif
