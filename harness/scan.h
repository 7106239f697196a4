/*
 * scan.h - what in a source file a person should look at
 *
 * A flag never accuses and never changes points by itself. A scan of text
 * cannot see all that a preprocessor can hide; it is there so that what is
 * in plain sight is not overlooked.
 */
#ifndef ASSAY_SCAN_H
#define ASSAY_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

/* What follows from the flags of a source. */
struct scan_result {
	bool hooks_sanitizer;
	bool renames_lines; /* by #line and its like */
	char *unsearchable; /* "NAME: ...", the first thing that a search of
			       schedules would not see or not survive; NULL:
			       none; to be freed */
	unsigned unsearchable_line;
};

/**
 * Append to array @flags one object {"kind","file","line","message"} for each
 * rule that the C source @text of file @path touches, at the first place. Text
 * in comments and string literals does not count, but for the strings of
 * attributes and of asm.
 */
struct scan_result scan_source(const char *path, const char *text, size_t size,
			       json_t *flags);

/**
 * What the explorer cannot vouch for in @text, which a preprocessor made of a
 * candidate's sources and which was compiled as it is: nothing is hidden in it
 * by macros, and what is left out by #if does not count. Lines of the system's
 * and the exercise's headers are passed over, by the markers between them; to
 * be believed only if no source renames lines. "FILE:LINE: NAME: ...", to be
 * freed; NULL: nothing.
 */
char *scan_preprocessed(const char *text, size_t size);

/**
 * Append a flag if the file is a build script or something compiled, by its
 * name and its first @size bytes.
 */
void scan_file(const char *path, const char *head, size_t size, json_t *flags);

/** Append a flag; without a line if that is 0. */
void scan_flag(json_t *flags, const char *kind, const char *path, unsigned line,
	       const char *message);

#endif
