/*
 * writer.h - reports and journal lines on their way to the disk
 *
 * The event loop hands them over and goes on. A thread of libuv's pool takes
 * all that has come together meanwhile as one group: each report is signed,
 * becomes text, is written, synced and renamed, then their folder is synced,
 * then the lines of all are appended to the journal and synced; only after that
 * is anything said to be written. So a line never speaks of a report that a power cut could take
 * away, and the slower the disk, the larger the groups.
 *
 * After a first failure (a full disk) nothing more is written: what comes is
 * dropped, and was never claimed.
 */
#ifndef ASSAY_WRITER_H
#define ASSAY_WRITER_H

#include <stdbool.h>

#include <uv.h>

#include "journal.h"

/* Then writer_is_full(). A report that waits is a tree of some 80 KiB, and what a
 * batch needs at most is to be the same however long it is. */
#define WRITER_WAITING_MAX 8

struct writer;

/** @tag is on the disk; never after a failure. In the loop's thread. */
typedef void (*writer_done_cb)(void *data, void *tag);
/** What failed, once. */
typedef void (*writer_failed_cb)(void *data, const struct error *err);

struct writer_options {
	uv_loop_t *loop;
	struct journal *journal; /* nobody else's until the writer is idle */
	const char *reports;     /* folder of the reports */
	writer_done_cb done;
	writer_failed_cb failed;
	void (*drop)(void *tag); /* one that will never be written */
	/** Sign @report and say so in its line, before either becomes text; in
	 * the thread, one call after the other in the order of the lines. NULL:
	 * nothing is signed. */
	void (*seal)(void *data, json_t *report, json_t *line);
	void *data;
};

/** @options are copied, @reports too. */
int writer_new(const struct writer_options *options, struct writer **ret,
	       struct error *err);
/** It must be idle. */
void writer_free(struct writer *writer);

/**
 * Write @report as @name, then append @line. Takes all over; @name and @report
 * may be NULL, @tag as well. What @report and @line share with others nobody
 * may change any more.
 */
void writer_put(struct writer *writer, char *name, json_t *report, json_t *line,
		void *tag);

/** Whether to put nothing more until something is written. */
bool writer_is_full(const struct writer *writer);
/** Whether all is written that ever will be. */
bool writer_is_idle(const struct writer *writer);
/** Whether a group is being written right now. */
bool writer_is_writing(const struct writer *writer);

#endif
