/*
 * history.h - what happened in the candidate's process, call by call
 *
 * The driver writes every call into memory that it shares with the judge:
 * once before the call (invoked) and once after it (completed). A crash or a
 * hang therefore leaves behind exactly the calls that had not returned.
 *
 * The memory is a sealed memfd of a size both sides know. It holds one log
 * per thread, so that writing takes no lock, orders nothing between threads
 * and hides no data race from ThreadSanitizer:
 *
 *   | log 0                      | log 1 ...
 *   | head | record | record ... | head | record ...
 *
 * All zeroes is an empty history. The candidate's code lives in the process
 * that writes it and can scribble over all of it: for the judge it is data.
 * history_load() takes a private copy first and checks that.
 */
#ifndef ASSAY_KIT_HISTORY_H
#define ASSAY_KIT_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <assay/error.h>

#define HISTORY_LOGS 20 /* threads that can record */

/* One call as it lies in memory. A stamp of 0 is "not yet". */
struct history_record {
	uint64_t invoked_ns; /* CLOCK_MONOTONIC */
	uint64_t completed_ns;
	uint64_t argument;
	uint64_t value;   /* what came back beside the result */
	int32_t result;
	int32_t timeout_ms;
	uint32_t kind;    /* the exercise's own number for the function */
	uint32_t object;  /* the exercise's own number for what it acted on */
};

struct history_log {
	uint32_t count;    /* records that are in use */
	uint32_t overflow; /* 1: there was a call that found no room */
	uint8_t reserved[56];
	struct history_record records[];
};

/** How many calls fit into each log of a history of @bytes. */
size_t history_capacity(size_t bytes);

/* ---- the driver's side ---- */

struct history_writer {
	uint8_t *memory; /* NULL: nothing is recorded */
	size_t bytes;
};

/** Map the shared memory behind @fd. 0 or -errno. */
int history_map(int fd, struct history_writer *ret);

/**
 * Write down that thread @log makes the call @call (its stamps are filled in
 * here). Returns what to complete afterwards, NULL when the log is full: then
 * the call must not be made. One thread per log.
 */
struct history_record *history_invoke(const struct history_writer *writer,
				      unsigned log,
				      const struct history_record *call);

void history_complete(struct history_record *record, int32_t result,
		      uint64_t value);

/* ---- the judge's side ---- */

/* One call, checked and copied. */
struct history_call {
	uint64_t invoked_ns;
	uint64_t completed_ns; /* UINT64_MAX while pending */
	uint64_t argument;
	uint64_t value;
	int32_t result;
	int32_t timeout_ms;
	uint32_t kind;
	uint32_t object;
	uint32_t thread;
	bool pending;          /* result and value mean nothing */
};

struct history {
	struct history_call *calls; /* by invoked_ns */
	size_t count;
	bool full; /* a thread wanted to make more calls than there is room */
};

/**
 * Copy and check the history behind @fd, of @bytes bytes. Every stamp has to
 * lie between @since_ns and now, and the calls of a thread one after the
 * other, only the last of which may be pending. *ret is the caller's, to be
 * given to history_release().
 *
 * -EBADMSG: the memory does not hold what a driver writes, which is the
 * candidate's doing; @err says in words what is wrong. Anything else is a
 * failure of the host.
 */
int history_load(int fd, size_t bytes, uint64_t since_ns, struct history *ret,
		 struct error *err);
void history_release(struct history *history);

/**
 * How many calls have been begun so far, straight from memory: a number that
 * stands still when nothing goes on, and no more than that. 0 or -errno.
 */
int history_progress(int fd, size_t bytes, uint64_t *ret);

/**
 * What there was of @calls at @moment_ns: those that had been begun, pending
 * where they had not returned. @ret has room for all of them, and is not the
 * same; how many there are is returned.
 */
size_t history_until(const struct history_call *calls, size_t count,
		     uint64_t moment_ns, struct history_call *ret);

/** Keep only the calls on @object. */
void history_select(struct history *history, uint32_t object);

static inline uint64_t history_now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

#endif
