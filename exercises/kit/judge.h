/*
 * judge.h - what a judge is written with
 *
 * A judge is a plain program that goes from top to bottom:
 *
 *	struct judge *judge = judge_start();
 *	judge_send(judge, JUDGE_CANDIDATE, &command, sizeof command);
 *	switch (judge_wait(judge, JUDGE_CANDIDATE, &reply, sizeof reply, ...))
 *	...
 *	judge_fail(judge, "put() on a full queue returned 0");
 *
 * judge_pass() and judge_fail() write the verdict and end the process; so
 * does anything the candidate's program does to the channel that a driver
 * would not. All it sends is data, of any size and at any time.
 *
 * When harness or host break the contract of assay/judge.h, the judge ends
 * without a verdict: inconclusive, charged to nobody.
 *
 * Times are CLOCK_MONOTONIC in nanoseconds, as history_now_ns() tells them.
 */
#ifndef ASSAY_KIT_JUDGE_H
#define ASSAY_KIT_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include <assay/judge.h>

#include "history.h"
#include "random.h"

struct judge;

/* Whom to talk to; the second is there in a "baseline" test only. */
enum judge_side { JUDGE_CANDIDATE, JUDGE_BASELINE };

enum judge_event {
	JUDGE_MESSAGE,
	JUDGE_TIMEOUT, /* the deadline passed */
	JUDGE_STUCK,   /* every thread is asleep and stays so; see below */
	JUDGE_ENDED,   /* the program has ended and all was read */
};

/* How long judge_wait() has patience. */
struct judge_patience {
	uint64_t deadline_ns; /* 0: only look */
	/* From when on a program that is wholly asleep counts as stuck: a
	 * moment by which all its timeouts have passed. UINT64_MAX: never. */
	uint64_t stuck_from_ns;
};

struct judge_probe {
	uint64_t cpu_us;
	unsigned threads;
	unsigned running;
	bool alive;
	/* In a dialogue: how many fsync() and the like it has begun, and how
	 * many of these are held. */
	uint64_t syncs;
	unsigned syncs_held;
};

/** Read the parameters. Never fails: there is nobody to tell but the log. */
struct judge *judge_start(void);

const char *judge_test(const struct judge *judge);
uint64_t judge_seed(const struct judge *judge);

/** The test's own parameter @name; ends without a verdict if there is none. */
json_int_t judge_param(const struct judge *judge, const char *name);
const char *judge_param_text(const struct judge *judge, const char *name);
/** Entry @index of a list of numbers; 0 and false past its end. */
bool judge_param_at(const struct judge *judge, const char *name, size_t index,
		    json_int_t *ret);
/** Entry @index of a list of texts; NULL past its end. */
const char *judge_param_text_at(const struct judge *judge, const char *name,
				size_t index);

/* ---- the candidate's program ---- */

void judge_send(struct judge *judge, enum judge_side side, const void *message,
		size_t size);

/**
 * Wait for a message of exactly @size bytes. Only the candidate is watched
 * for being stuck: ten probes in a row, 20 ms apart, that all see it asleep,
 * while it begins no call and its processor time stands still. A program that
 * waits for a processor is not asleep, so this does not depend on how busy the
 * machine is. If the deadline comes first, one look at where each thread is
 * has to do.
 *
 * Before JUDGE_STUCK, and before JUDGE_TIMEOUT where it did wait, the box is
 * asked what every thread is doing, for the report. A judge_fail() after
 * JUDGE_STUCK, with nothing sent in between, is a "deadlock" if they all sleep
 * on what only the program could release, and else a "fail" as any other. One
 * after JUDGE_TIMEOUT, in the same way, is "late" (assay/judge.h).
 */
enum judge_event judge_wait(struct judge *judge, enum judge_side side,
			    void *message, size_t size,
			    const struct judge_patience *patience);

/** Ask the harness to measure the candidate's program now. */
struct judge_probe judge_probe(struct judge *judge);

/**
 * Wait until the candidate's threads are all asleep, for @most_ms at most.
 * To make a test sharp, not to decide it: it says whether they were.
 */
bool judge_settle(struct judge *judge, unsigned most_ms);

void judge_sleep_ms(unsigned ms);

/** From now on (it is so on return) a dialogue's program does not come back
 * from fsync() and its like, until they are released. */
void judge_hold_syncs(struct judge *judge);
void judge_release_syncs(struct judge *judge);

/** Copy the candidate's history; fails the candidate if it is not whole. */
void judge_history(struct judge *judge, struct history *ret);

/** One sentence on how the program ended; "" while it has not. */
const char *judge_ending(const struct judge *judge);

/** Whether it ended by itself, with exit status 0. */
bool judge_ended_well(const struct judge *judge);

/* ---- the verdict ---- */

/** What later verdicts say was tested. @sentence has to stay. */
void judge_property(struct judge *judge, const char *sentence);

void judge_metric(struct judge *judge, const char *name, double value,
		  const char *unit);

/** Lines for people, shown under @title. Steals @lines, an array. */
void judge_trace(struct judge *judge, const char *title, json_t *lines);

/** What a following judge_fail() gives as expected and actual values. */
__attribute__((format(printf, 2, 3))) void
judge_expected(struct judge *judge, const char *format, ...);
__attribute__((format(printf, 2, 3))) void
judge_actual(struct judge *judge, const char *format, ...);

__attribute__((noreturn)) void judge_pass(struct judge *judge, double score);

/**
 * A judge_fail() that follows is for time, as judge_wait() sees by itself where
 * a deadline passed; for a judge that looks at the clock.
 */
void judge_late(struct judge *judge);

__attribute__((noreturn, format(printf, 2, 3))) void
judge_fail(struct judge *judge, const char *format, ...);

/**
 * End without a verdict unless the history has room for @calls calls of one
 * thread: a thread that finds none stops, which must never look like a fault
 * of the candidate's. A queue may well give everything to one taker.
 */
void judge_need_history(const struct judge *judge, size_t calls);

/** End without a verdict: harness, host or reference solution are broken. */
__attribute__((noreturn, format(printf, 1, 2))) void
judge_broken(const char *format, ...);

#endif
