/*
 * graded.h - hostile submissions and archives in "assay grade"
 *
 * Each case (see handed_in.h) is one batch: it, and behind it, through the
 * same boxes, an honest submission, whose verdict must be what it is alone.
 * Whatever a case expects, a report is JSON and UTF-8, a terminal sees no
 * control character, a spreadsheet no formula, nobody a word of the hidden
 * test, and the folder with the results has nothing else in it.
 *
 *   check     true: the same folder in "assay check", whose words are seen
 *             as "words"
 *   validate  true: all reports so far are held against the schema by a
 *             validator that is not ours
 */
#ifndef HOSTILE_GRADED_H
#define HOSTILE_GRADED_H

/** Run the cases of @files, names ended by NULL. A program's exit status. */
int graded_run(const char *group, const char *const *files);

#endif
