/*
 * thread_story.h - where a program's threads were, in sentences
 *
 * "thread 2 waits in bq_put, bq.c:41, for a mutex that thread 1 holds, taken
 * at bq.c:63": made from the JSON of a report (boxthreads.h), so that every
 * reader of one can say it. Told from the candidate's side: each thread by
 * the first frame of his, threads that have none only by their count.
 */
#ifndef ASSAY_THREAD_STORY_H
#define ASSAY_THREAD_STORY_H

#include <jansson.h>

#define THREAD_STORY_MAX 8 /* sentences about threads */

/**
 * An array of sentences, empty when there is nothing to tell. First the thread
 * that crashed or made a refused call, then threads that wait for each other,
 * then those that run, then the others; threads that are at the same place for
 * the same reason share a sentence. @signal is the name of the signal that
 * ended the program and @call that of the refused system call; both may be
 * NULL or "". The texts in it are as clean as those in @threads: for a
 * terminal they have to go through text_line().
 */
json_t *thread_story(const json_t *threads, const char *signal,
		     const char *call);

/** All of a story as one paragraph, or NULL when it is empty. free() it. */
char *thread_story_paragraph(const json_t *story);

#endif
