/*
 * boxthreads.h - what a program's threads were doing, as a report tells it
 *
 * A box notes it in a struct box_threads (assay/box.h), whose texts and
 * numbers come from the candidate's own memory and files: any of them may be
 * nonsense, and all of it comes out of here as sound JSON.
 */
#ifndef ASSAY_BOXTHREADS_H
#define ASSAY_BOXTHREADS_H

#include <stdbool.h>

#include <jansson.h>

#include <assay/box.h>

struct boxthreads {
	json_t *list; /* array, see boxthreads_take(); NULL: nothing is known */
	char *note;   /* what the list does not show, one line; or NULL */
};

void boxthreads_release(struct boxthreads *threads);

/** Whether one of them is there because it crashed. */
bool boxthreads_crashed(const struct boxthreads *threads);

/**
 * Read the struct box_threads at the start of the file @fd, which stays the
 * caller's. What was in @ret is released. What cannot be read is said in
 * ret->note.
 */
void boxthreads_read(int fd, struct boxthreads *ret);

/**
 * One object per thread, in order of their numbers:
 * {"number","process","thread","name","state","crashed","refused","for_good",
 *  "syscall":{"name","number","args"}|null,
 *  "waits":{"for","limited","object","address","held_by","ended","taken_at",
 *   "descriptor"}|null,
 *  "frames":[{"function","file","line","object","address","whose"}]}
 *
 * "number" counts from 1 in the order of the kernel's thread numbers, and is
 * what "held_by" names: of a mutex its holder, of a join the thread whose end
 * is waited for; "ended" is true when that thread is gone. Files are relative
 * when they are the candidate's, absolute in any other case but those of the
 * system's libraries. "whose" is "submission", "exercise" or "system".
 *
 * What was in @ret is released.
 */
void boxthreads_take(const struct box_threads *threads, struct boxthreads *ret);

#endif
