/*
 * threads_fixture.h - a struct box_threads as a box would note it
 */
#ifndef TESTS_UNIT_THREADS_FIXTURE_H
#define TESTS_UNIT_THREADS_FIXTURE_H

#include <jansson.h>

#include <assay/box.h>

/* The process of all threads; its first thread has the same number. */
#define FIXTURE_PROCESS 7

/** An empty one; free() it. */
struct box_threads *threads_new(void);

/** Add a sleeping thread with number @id, called "program" like all. */
struct box_thread *threads_add(struct box_threads *threads, int32_t id);

/** Add a frame beneath those that @thread has. */
void threads_frame(struct box_thread *thread, const char *function,
		   const char *file, unsigned line, const char *object);

/** The frames of a thread of the driver's that made a call of @function. */
void threads_in(struct box_thread *thread, const char *function, unsigned line);
/** The frames of one that waits for its next command. */
void threads_idle(struct box_thread *thread);

/** @thread waits without a limit, for good, for what @other holds or is. */
void threads_wait(struct box_thread *thread, enum box_wait wait, int32_t other);

/**
 * Two mutexes in opposite order: thread 8 in bq_put, line 41, for what 9 took
 * at line 63; 9 in bq_take, line 72, for what 8 took at line 30; and the first
 * thread, 7, that waits for commands. free() it.
 */
struct box_threads *threads_abba(void);

/** @threads as boxthreads_take() tells them; frees them. */
json_t *threads_told(struct box_threads *threads);

#endif
