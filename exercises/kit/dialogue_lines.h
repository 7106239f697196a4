/*
 * dialogue_lines.h - the lines of a program, out of what it writes
 *
 * A part of dialogue.h. The bytes are a stranger's.
 */
#ifndef ASSAY_KIT_DIALOGUE_LINES_H
#define ASSAY_KIT_DIALOGUE_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#define DIALOGUE_CHUNK (64u * 1024) /* at least so much room to read into */
#define DIALOGUE_PROBLEM_MAX 256    /* bytes of a sentence about a line */

/* What is wrong with a line above DIALOGUE_LINE_MAX. */
#define DIALOGUE_TOO_LONG "longer than 64 KiB"

/* All zeroes is one in which nothing is. */
struct dialogue_lines {
	char *bytes;
	size_t first;   /* what is before this has been taken */
	size_t scanned; /* up to here there is no LF that was not taken */
	size_t used;
	size_t room;
};

void dialogue_lines_release(struct dialogue_lines *lines);

/** Where to read to; *size, at least DIALOGUE_CHUNK, is how much. */
char *dialogue_lines_room(struct dialogue_lines *lines, size_t *size);

/** So many bytes have come to be there. */
void dialogue_lines_add(struct dialogue_lines *lines, size_t size);

/**
 * Take the next line that is whole. It has its LF replaced by NUL, and stays
 * until room is asked for. False: there is none.
 */
bool dialogue_lines_take(struct dialogue_lines *lines, char **ret_text,
			 size_t *ret_size);

/** Bytes of a line that is not whole yet. */
size_t dialogue_lines_rest(const struct dialogue_lines *lines);

/** Throw away a line that is not whole, or all that there is. */
void dialogue_lines_tear(struct dialogue_lines *lines);
void dialogue_lines_clear(struct dialogue_lines *lines);

/**
 * Why these bytes, without their LF, are no line of a dialogue whatever they
 * mean: words that go on from "which is". NULL: nothing is wrong.
 */
const char *dialogue_line_problem(const char *text, size_t size);

/**
 * The object that a line is; NULL if it is none, and then @problem says why
 * not, as above. It has bytes of the line in it.
 */
json_t *dialogue_line_parse(const char *text, size_t size,
			    char problem[DIALOGUE_PROBLEM_MAX]);

#endif
