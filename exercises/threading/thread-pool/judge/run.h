/*
 * run.h - one conversation of the judge with a driver
 *
 * Commands go out as tickets and come back as outcomes, in any order. When
 * the program crashes, hangs, or answers what it was not asked, the functions
 * here fail the candidate with what it was doing, and do not return. (When the
 * program is the reference solution, they end without a verdict.)
 */
#ifndef POOL_RUN_H
#define POOL_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "judge.h"
#include "pool_check.h"
#include "protocol.h"
#include "told.h"

#define RUN_TICKETS 64
#define RUN_NEVER UINT64_MAX
#define MS UINT64_C(1000000) /* in ns */

struct ticket {
	struct command command;
	struct reply reply;
	uint64_t sent_ns;
	uint64_t received_ns;
	bool open; /* sent, not yet awaited */
	bool answered;
};

/* What pool_new() is called with. */
struct run_pool {
	int min;
	int max;
	size_t capacity;
	int policy;
};

struct run {
	struct judge *judge;
	enum judge_side side;
	struct random random;
	uint64_t deadline_ns; /* of the whole test */
	uint32_t sequence;
	uint32_t gathered; /* workers that were told to begin together */
	uint32_t pools;    /* made so far; commands are for the last one */
	uint32_t muted;    /* .unrecorded of all commands */
	struct run_pool pool;
	struct told told;  /* of this pool */
	struct ticket tickets[RUN_TICKETS];
};

/** @judge has to outlive it. The parameter "patience_ms" bounds the test. */
void run_init(struct run *run, struct judge *judge, enum judge_side side);

/** pool_new(). All commands from now on are for this pool. */
void run_new(struct run *run, struct run_pool pool);

/**
 * pool_free(), and, unless all is muted, hold what was recorded on the pool
 * against pool.h. Every call on it has to have returned; it has to have been
 * shut down.
 */
void run_free(struct run *run);

/** Send a command; .sequence, .pool and .unrecorded are filled in. */
struct ticket *run_post(struct run *run, struct command command);

/** The .gang for @workers commands that follow now. */
uint32_t run_gang(struct run *run, uint32_t workers);

/**
 * Wait for the answer to @ticket and close it. @doing completes "... while"
 * for the candidate. @stuck_from_ns is the moment by which every call under
 * way that has a timeout should be back, see struct judge_patience.
 */
struct ticket run_await(struct run *run, struct ticket *ticket,
			const char *doing, uint64_t stuck_from_ns);

/** run_post() and run_await() for what cannot block for long. */
struct ticket run_do(struct run *run, struct command command,
		     const char *doing);

/** Whether @ticket has been answered by now. */
bool run_answered(struct run *run, struct ticket *ticket);

/** Fail the candidate unless the result is @result. @what is the call and the
 * circumstances: "a submit to a full queue". */
void run_expect(struct run *run, const struct ticket *end, int result,
		const char *what);

/** The same of what came back beside it, after run_expect(). */
void run_expect_value(struct run *run, const struct ticket *end, uint64_t value,
		      const char *what);

/** run_do() and run_expect(). */
void run_call(struct run *run, struct command command, int result,
	      const char *what);

/** Open gate @number of the driver's. */
void run_open(struct run *run, uint32_t number);

/** Make the threads of @workers workers, so that they are there to count. */
void run_hello(struct run *run, uint32_t workers);

/** Let the program finish; fail the candidate if it does not end well. */
void run_quit(struct run *run);

#endif
