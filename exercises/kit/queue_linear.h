/*
 * queue_linear.h - is there an order that explains what a queue answered?
 *
 * A history is linearizable (Herlihy and Wing, "Linearizability: a correctness
 * condition for concurrent objects", 1990) when every call can be given one
 * moment between its beginning and its end such that the calls, made one by
 * one in the order of those moments, return what they did return. A pending
 * call may have had its effect or not.
 *
 * The object here is a queue of limited capacity:
 *	put  -> 0          not closed and not full: the item goes to the end
 *	put  -> EAGAIN, ETIMEDOUT   not closed, full
 *	put  -> EPIPE      closed
 *	take -> 0, item    the item was the oldest
 *	take -> EAGAIN, ETIMEDOUT   not closed, empty
 *	take -> EPIPE      closed and empty
 *	len  -> n          it held n items
 * Any other result has no explanation.
 */
#ifndef ASSAY_KIT_QUEUE_LINEAR_H
#define ASSAY_KIT_QUEUE_LINEAR_H

#include <stddef.h>
#include <stdint.h>

#include "history.h"

#define QUEUE_LINEAR_MAX 512          /* calls */
#define QUEUE_LINEAR_STATES (1u << 20) /* a usual limit for the search */

enum queue_answer {
	QUEUE_EXPLAINED,
	QUEUE_INEXPLICABLE,
	QUEUE_UNDECIDED, /* more calls or states than allowed */
};

/**
 * @calls by invoked_ns, on an empty queue of @capacity. Visits @states at most
 * and takes what it visited off, so that one budget can serve many searches.
 */
enum queue_answer queue_linear(const struct history_call *calls, size_t count,
			       size_t capacity, size_t *states);

#endif
