/*
 * pool_call.h - calls of pool.h, and tasks that run, as they stand in a history
 *
 * A task runs within somebody's call, a wait within a task, and so on, but the
 * calls in a history come one after the other on each thread. So what others
 * may happen inside of is written down as two moments, POOL_OPEN and
 * POOL_CLOSE, of its kind; pool_calls() puts them together again. Whoever
 * records knows what cannot have anything inside, and writes that as one call.
 *
 *	kind		argument	timeout_ms  result	value
 *	POOL_SUBMIT	what it will	POOL_KEPT or as returned
 *			return		POOL_DROPPED
 *	POOL_RUN						what it returned
 *	POOL_WAIT			as passed   as returned	*ret
 *	POOL_CANCEL				    as returned
 *	POOL_SHUTDOWN	drain		as passed   0 or	as returned
 *						    POOL_SILENT
 *	POOL_ASK	1: it must know					as returned
 *
 * The object is the number of the task, and has no meaning for a shutdown.
 */
#ifndef POOL_CALL_H
#define POOL_CALL_H

enum pool_kind {
	POOL_SUBMIT = 1,
	POOL_RUN, /* a task, from its beginning to its end */
	POOL_WAIT,
	POOL_CANCEL,
	POOL_SHUTDOWN,
	POOL_ASK, /* task_cancelled() */
	POOL_KINDS,

	POOL_OPEN = 0x100,
	POOL_CLOSE = 0x200,
};

#define POOL_KEPT 0    /* submitted with a place for its future */
#define POOL_DROPPED 1 /* with NULL */

#define POOL_SILENT 1 /* pool_free(), which does not say how many */

#define POOL_UNTOUCHED 0x5eed5 /* in *ret, before */

#endif
