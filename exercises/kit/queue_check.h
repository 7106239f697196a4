/*
 * queue_check.h - what must be true of every history of a queue, of any size
 *
 * queue_linear.h decides everything, but only for some hundred calls. These
 * checks need no search: each item that went in comes out once, and what a
 * thread put first comes out first.
 */
#ifndef ASSAY_KIT_QUEUE_CHECK_H
#define ASSAY_KIT_QUEUE_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include <assay/error.h>

#include "history.h"

#define QUEUE_FINDING_CALLS 4

/* What is wrong, and the calls that show it. */
struct queue_finding {
	char text[256]; /* sentences for a candidate */
	struct history_call calls[QUEUE_FINDING_CALLS]; /* by invoked_ns */
	size_t count;
};

/**
 * Nothing invented, nothing twice; if @drained (all takers went on until the
 * queue was closed and empty), nothing lost. true: all is well. The items of
 * all puts have to differ.
 */
bool queue_conserves(const struct history *history, bool drained,
		     struct queue_finding *ret);

/** The items of each putting thread come out in the order they went in. */
bool queue_keeps_order(const struct history *history,
		       struct queue_finding *ret);

#endif
