/*
 * protocol.h - what judge and driver say to each other
 *
 * The judge sends commands, the driver answers each with one reply that
 * carries the command's sequence number. Commands with a worker are carried
 * out by that thread, in the order they came; the others by the main thread.
 */
#ifndef BQ_PROTOCOL_H
#define BQ_PROTOCOL_H

#include <stdint.h>

#define PROTOCOL_QUEUES 32  /* that a test can make, one after the other */
#define PROTOCOL_WORKERS 20
#define PROTOCOL_CROWD 16   /* of these for what a test lets loose at once */
#define PROTOCOL_UNTOUCHED UINT64_C(0x5eed5eed5eed) /* in *ret_item, before */

enum action {
	/* the main thread's */
	ACTION_NEW = 1,  /* bq_new(value) becomes number .queue */
	ACTION_FREE,     /* bq_free() of that */
	ACTION_SPURIOUS, /* .count per mille of waits return, seed .value */
	ACTION_CLOCK,    /* the wall clock is .value seconds off (signed) */
	ACTION_HOLD,     /* .count 1: hold back waits that timed out; 0: go */
	ACTION_HELD,     /* .value of the reply: how many are held */
	ACTION_QUIT,     /* finish and exit with status 0; no reply */

	/* a worker's: .count calls, until one does not return 0 */
	ACTION_PUT,      /* items value, value + 1, ... */
	ACTION_TAKE,
	ACTION_CLOSE,
	ACTION_LEN,
	ACTION_MIX,      /* put, take and len in an order that .value, also
			    the first item, decides; goes on after a failure */
	ACTION_PAIRS,    /* put and take in turn */
};

struct command {
	uint32_t sequence;
	uint32_t action;
	uint32_t queue;
	uint32_t worker;
	uint32_t count;
	int32_t timeout_ms;
	uint32_t gang;     /* begin when so many workers, counted since the
			      start, have come to such a command; 0: at once */
	uint32_t unrecorded; /* 1: leave no trace in the history */
	uint64_t value;
};

struct reply {
	uint32_t sequence;
	int32_t result; /* of the last call */
	uint32_t count; /* calls that returned 0 */
	uint32_t cpu_us; /* that the process has used by now, as it says */
	uint64_t value; /* the last item or length; the sum of all items taken
			   when unrecorded */
};

#endif
