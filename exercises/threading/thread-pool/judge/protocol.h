/*
 * protocol.h - what judge and driver say to each other
 *
 * The judge sends commands, the driver answers each with one reply that
 * carries the command's sequence number. Commands with a worker are carried
 * out by that thread, in the order they came; the others by the main thread.
 *
 * A test makes one pool after the other; each has its own tasks, numbered from
 * 0. In the history the object of a call is PROTOCOL_OBJECT().
 */
#ifndef POOL_PROTOCOL_H
#define POOL_PROTOCOL_H

#include <stdint.h>

#define PROTOCOL_POOLS 64
#define PROTOCOL_TASKS 2048 /* of a pool */
#define PROTOCOL_GATES 4
#define PROTOCOL_WORKERS 8
#define PROTOCOL_OBJECT(pool, task) ((uint32_t)(pool) << 16 | (uint32_t)(task))
#define PROTOCOL_VALUE 1000 /* task number n returns this + n */

enum action {
	/* the main thread's */
	ACTION_NEW = 1, /* pool_new(.first, .count, .value, .kind), number
			   .pool; .value of the reply: 0 if that was NULL */
	ACTION_OPEN,    /* gate .first, for all that wait there, for good */
	ACTION_BLOCKS,  /* .value of the reply: ledger_blocks() */
	ACTION_QUIT,    /* finish and exit with status 0; no reply */

	/* a worker's */
	ACTION_HELLO,    /* nothing, but the thread is there from now on */
	ACTION_SUBMIT,   /* tasks .first and on, .count, of .kind */
	ACTION_DROP,     /* the same, with NULL for the future */
	ACTION_WAIT,     /* for these, .timeout_ms */
	ACTION_CANCEL,   /* these */
	ACTION_FORGET,   /* future_free() these */
	ACTION_BEGUN,    /* until task .first has begun */
	ACTION_SHUTDOWN, /* .count: drain; .value of the reply: the result */
	ACTION_FREE,     /* pool_free() */
	ACTION_WAVES,    /* .count times .value plain tasks: submit, wait, free;
			    .value of the reply: the sum of what they returned */
};

/* What a task does before it returns its value. */
enum task_kind {
	TASK_PLAIN,     /* nothing */
	TASK_HELD,      /* wait at gate .gate, then ask whether to stop */
	TASK_EXIT,      /* pthread_exit() */
	TASK_DEEP,      /* submit the next, of the same kind, and wait for it;
			  .gate of them in all, the last one plain */
	TASK_FAN,       /* submit the next .gate tasks, and wait for them, the
			  last one first */
	TASK_EXIT_DEEP, /* as TASK_DEEP, and the last one exits */
	TASK_MEET,      /* submit the next one, held at gate 0, wait until that
			  has begun, pass gate 1, and wait for it */
	TASK_FOLLOW,    /* wait for the task two before it */
	TASK_DRAIN,     /* pool_shutdown(1, -1) */
	TASK_NOW,       /* pool_shutdown(0, -1), then ask whether to stop */
	TASK_TOGETHER,  /* wait until .gate of this kind have begun */
	TASK_FREE,      /* future_free() its own future */
	TASK_KINDS,
};

struct command {
	uint32_t sequence;
	uint32_t action;
	uint32_t pool;
	uint32_t worker;
	uint32_t first;
	uint32_t count;
	int32_t timeout_ms;
	uint32_t gang; /* begin when so many workers, counted since the start,
			   have come to such a command; 0: at once */
	uint32_t kind; /* of tasks; of a pool: the policy */
	uint32_t gate;
	uint32_t unrecorded; /* 1: leave no trace in the history */
	uint32_t reserved;
	uint64_t value;
};

struct reply {
	uint32_t sequence;
	int32_t result;  /* of the last call that did not return 0; else 0 */
	uint32_t count;  /* calls that returned 0 */
	uint32_t cpu_us; /* that the process has used by now, as it says */
	uint64_t value;  /* see above; of ACTION_WAIT: the last *ret */
};

#endif
