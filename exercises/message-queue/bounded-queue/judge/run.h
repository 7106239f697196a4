/*
 * run.h - one conversation of the judge with a driver
 *
 * Commands go out as tickets and come back as outcomes, in any order. When
 * the program crashes, hangs, or answers what it was not asked, the functions
 * here fail the candidate with what it was doing, and do not return. (When the
 * program is the reference solution, they end without a verdict.)
 */
#ifndef BQ_RUN_H
#define BQ_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "judge.h"
#include "protocol.h"
#include "queue_check.h"
#include "told.h"

#define RUN_TICKETS 64
#define RUN_NEVER UINT64_MAX
#define MS UINT64_C(1000000) /* in ns */

struct ticket {
	struct command command;
	struct reply reply;
	uint64_t sent_ns;
	uint64_t received_ns;
	bool open;     /* sent, not yet awaited */
	bool answered;
};

struct run {
	struct judge *judge;
	enum judge_side side;
	struct random random;
	uint64_t deadline_ns; /* of the whole test */
	uint32_t sequence;
	uint32_t gathered; /* workers that were told to begin together */
	uint32_t queues;   /* made so far */
	struct told told;
	size_t calls;      /* most that one thread can have recorded */
	struct ticket tickets[RUN_TICKETS];
};

/** @judge has to outlive it. The parameter "patience_ms" bounds the test. */
void run_init(struct run *run, struct judge *judge, enum judge_side side);

/** bq_new(@capacity); the number by which commands name the queue. */
uint32_t run_queue(struct run *run, uint64_t capacity);

/** bq_free(). */
void run_free(struct run *run, uint32_t queue);

/** @calls more may be recorded, and by a single thread; see
 * judge_need_history(). */
void run_calls(struct run *run, size_t calls);

/** Send a command; .sequence is filled in. */
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

/** run_post() and run_await() for what cannot block. */
struct ticket run_do(struct run *run, struct command command,
		     const char *doing);

/** Whether @ticket has been answered by now. */
bool run_answered(struct run *run, struct ticket *ticket);

/** The calls made on @queue so far. To be released. */
struct history run_history(struct run *run, uint32_t queue);

/** Show calls to the candidate, the last ones if there are many. */
void run_show(struct run *run, const char *title,
	      const struct history_call *calls, size_t count);

/** Fail the candidate for what a check has found. */
__attribute__((noreturn)) void run_fail(struct run *run,
					const struct queue_finding *finding);

/**
 * If the calls on @queue have no explanation as calls on a queue of @capacity,
 * show the smallest part of them that has none. false if they have one, or
 * there are too many of them to tell.
 */
bool run_inexplicable(struct run *run, uint32_t queue, uint64_t capacity);

/** The same, and fail the candidate; also if not run_complete(). */
void run_explain(struct run *run, uint32_t queue, uint64_t capacity);

/** Fail the candidate if @history, the calls on @queue, is not what all threads
 * have answered. For when they have. */
void run_complete(struct run *run, uint32_t queue,
		  const struct history *history);

/** @number as a number of threads; ends without a verdict if it is none. */
uint32_t run_threads(json_int_t number);

/** Let the program finish; fail the candidate if it does not end well. */
void run_quit(struct run *run);

#endif
