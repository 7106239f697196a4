/*
 * handed_in.h - what a hostile candidate hands in, made from its description
 *
 * A case has one of
 *
 *   files     object: path -> content, in a folder. Content is a list of
 *             lines, or an object with one of
 *               around: the exercise's solution with the lines of "before"
 *                       and "after" around it
 *               symlink, hardlink: where it leads;  fifo: true
 *               repeat: text, times: number; with "before" and "after"
 *             and, for any, mode: octal text. A counter.c that is not named
 *             is the solution's.
 *   archive   what tests/hostile/make-archive takes; "honest": true stands
 *             for the solution
 *
 * "called" is the name under which it is handed in, "case" if there is none.
 */
#ifndef HOSTILE_HANDED_IN_H
#define HOSTILE_HANDED_IN_H

#include "cases.h"

/** Make it in @folder. Its path; to be freed. */
char *handed_in(const struct hostile_case *hostile, const char *folder);

/** The solution as a submission, in the folder @path. */
void handed_in_honestly(const char *path);

#endif
