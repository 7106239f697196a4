/*
 * pool_check.h - what must be true of every history of a pool, of any size
 *
 * No search: each rule of pool.h that can be held against calls and what they
 * returned, one by one. A rule says only what no order of events within the
 * calls could excuse, so a right pool never breaks one.
 */
#ifndef POOL_CHECK_H
#define POOL_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "history.h"

#define POOL_FINDING_TEXT_MAX 400
#define POOL_TASKS_MAX 65536 /* tasks are numbered below this */
#define POOL_NO_TASK UINT32_MAX

/* The pool that the calls were made on. */
struct pool_facts {
	unsigned max;
	size_t capacity;
	int policy; /* of enum pool_policy */
	bool over;  /* it was shut down in the end, and all calls returned */
	bool one_clock; /* calls have returned when another thread can see it,
			   and not only in the order of some schedule */
};

struct pool_finding {
	char text[POOL_FINDING_TEXT_MAX]; /* sentences for a candidate */
	uint32_t task; /* what it is about; POOL_NO_TASK: all of it */
};

/** @calls are those of pool_calls(). true: nothing is wrong. */
bool pool_check(const struct history *calls, const struct pool_facts *facts,
		struct pool_finding *ret);

/** Keep only what has to do with @task: its calls, those that it was run inside
 * of, and shutdowns. */
void pool_check_select(struct history *calls, uint32_t task);

#endif
