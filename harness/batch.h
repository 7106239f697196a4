/*
 * batch.h - many submissions, some at a time
 *
 * A batch has slots; each has boxes of its own and takes one submission after
 * the other through its job. What happens in one slot cannot touch another.
 */
#ifndef ASSAY_BATCH_H
#define ASSAY_BATCH_H

#include "job.h"

#define BATCH_SLOTS_MAX 256

#define BATCH_LATER (-1)

/**
 * The next submission, the batch's from then on. Returns 1, 0 when there are
 * no more, or BATCH_LATER: to be asked again when something has happened in
 * the loop, which has something to wait for. A submission that cannot be read
 * is the source's to tell.
 */
typedef int (*batch_next_cb)(void *data, struct submission **ret);

/** The job of the submission at @path is over: see job_done_cb. */
typedef void (*batch_done_cb)(void *data, const char *path,
			      struct result *result, const struct error *err);

struct batch_options {
	struct job_options job;
	unsigned slots;  /* 1 to BATCH_SLOTS_MAX */
	uv_loop_t *loop; /* NULL: one of its own */
	batch_next_cb next;
	batch_done_cb done;
	void *data;
};

/** Run until the source is empty and every job is over. */
void batch_run(const struct batch_options *options);

/** How many CPUs this process may use: the default number of slots. */
unsigned batch_default_slots(void);

#endif
