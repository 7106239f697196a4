/*
 * scenario.h - what authors write scenarios for the explorer with
 *
 * A scenario is a function over the exercise's interface: it makes threads,
 * has them make a few calls, and returns. The explorer runs it under thousands
 * of schedules, each from the same state of memory, so whatever a scenario
 * needs it makes anew. It keeps no score: calls and what they returned are
 * recorded, and somebody outside decides.
 *
 *	static void *taker(void *queue)
 *	{
 *		void *item = NULL;
 *		unsigned call = scenario_call(QUEUE_TAKE, 0, 0, -1);
 *		int result = bq_take(queue, &item, -1);
 *
 *		scenario_return(call, result, (uintptr_t)item);
 *		return NULL;
 *	}
 *	...
 *	const struct scenario scenarios[] = {
 *		{ "one-each", one_each },
 *		{ NULL, NULL },
 *	};
 *
 * Only these may be relied on within a scenario: pthread and C11 threads,
 * POSIX semaphores, C11 atomics, the heap, clocks and sleeps (of a clock that
 * only the explorer moves). No real input or output, no fork, no signals.
 *
 * Compiled with gcc -fsanitize=thread and linked, without libtsan, with
 * explore.o, which defines main() and what is declared here.
 */
#ifndef ASSAY_SCENARIO_H
#define ASSAY_SCENARIO_H

#include <stdint.h>

#define SCENARIO_NAME_MAX 64
#define SCENARIO_CALLS_MAX 256 /* recorded in one schedule */

struct scenario {
	const char *name;
	void (*run)(void); /* on a thread of its own, number 0 */
};

/* The program's own, ended by a name that is NULL. */
extern const struct scenario scenarios[];

/**
 * Write down that this thread is about to make a call. @kind and @object are
 * the exercise's own numbers. Returns what scenario_return() wants; past
 * SCENARIO_CALLS_MAX the schedule ends as one that the explorer cannot judge.
 */
unsigned scenario_call(uint32_t kind, uint32_t object, uint64_t argument,
		       int32_t timeout_ms);

/** Write down what the call returned. */
void scenario_return(unsigned call, int32_t result, uint64_t value);

/** The schedule has failed with @text, unless @holds. */
void scenario_require(int holds, const char *text);

/** Set the wall clock @seconds ahead; clocks that cannot be set stay. */
void scenario_set_wall_clock(int64_t seconds);

#endif
