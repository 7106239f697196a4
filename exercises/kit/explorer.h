/*
 * explorer.h - the explorer's supervisor: commands out, schedules in
 *
 * The other half of assay/explore.h. The runtime lives in one process with the
 * candidate's code, so a reply and all of the shared memory are a stranger's
 * bytes: they are copied first and then checked, and what a runtime would not
 * have written is the candidate's doing (-EBADMSG).
 *
 *	struct explorer explorer;
 *
 *	explorer_init(&explorer, channel, memory_fd, memory_bytes);
 *	explorer_ask(&explorer, &command, NULL, &answer, &err);
 *	for (i = 0; i < answer.count; i++)
 *		... answer.runs[i] ...
 *	explorer_answer_release(&answer);
 *
 * Knows nothing of judges: tests and benchmarks use it as well.
 */
#ifndef ASSAY_KIT_EXPLORER_H
#define ASSAY_KIT_EXPLORER_H

#include <stddef.h>
#include <stdint.h>

#include <assay/error.h>
#include <assay/explore.h>

#include "explorer_run.h"

/* What carries the messages. */
struct explorer_channel {
	/* 0 or -errno; -EPIPE: the program has gone. */
	int (*send)(void *data, const void *message, size_t size);
	/* A message of exactly @size bytes. -EPIPE likewise; -ETIMEDOUT: none
	 * came until @until_ns of CLOCK_MONOTONIC; -EBADMSG: of other size. */
	int (*receive)(void *data, void *message, size_t size,
		       uint64_t until_ns);
	void *data;
};

/** A channel over the SOCK_SEQPACKET socket *@fd, which has to stay. */
struct explorer_channel explorer_channel_of(int *fd);

struct explorer {
	struct explorer_channel channel;
	int memory_fd;
	size_t memory_bytes;
	uint64_t patience_ms; /* with each answer */
};

#define EXPLORER_PATIENCE_MS 60000

/** @memory_fd stays the caller's. */
void explorer_init(struct explorer *explorer, struct explorer_channel channel,
		   int memory_fd, size_t memory_bytes);

/* What a command came to. */
struct explorer_answer {
	struct explore_reply reply;
	struct explorer_run *runs; /* as they lie in the shared memory */
	size_t count;
};

void explorer_answer_release(struct explorer_answer *answer);

/**
 * Send @command (its nonce is drawn here), followed by @steps if it is a
 * replay, and wait for the answer, which has been checked against the command
 * and is the caller's to release.
 *
 * 0, -EPIPE (the program has ended), -ETIMEDOUT, -ENOENT (it has no such
 * scenario), -EBADMSG (the candidate's doing: @err says what is wrong with
 * it); anything else is the host's.
 */
int explorer_ask(struct explorer *explorer,
		 const struct explore_command *command,
		 const struct explorer_steps *steps,
		 struct explorer_answer *ret, struct error *err);

/**
 * Check @memory, @size bytes, against the @command and the reply in
 * ret->reply, and fill in the rest of @ret: what explorer_ask() does with
 * what it copied. 0, -EBADMSG, -ENOENT or -ENOMEM.
 */
int explorer_answer_parse(const struct explore_command *command,
			  const void *memory, size_t size,
			  struct explorer_answer *ret, struct error *err);

/** A command that searches @scenario; fill in seed and schedules. */
struct explore_command explorer_search(const char *scenario, uint32_t flags,
				       uint32_t steps_max);

/**
 * Have @steps replayed, with EXPLORE_LENIENT or EXPLORE_LOG if @flags say so.
 * *ret is the caller's, for explorer_run_release(). As explorer_ask().
 */
int explorer_replay(struct explorer *explorer, const char *scenario,
		    uint32_t flags, uint32_t steps_max,
		    const struct explorer_steps *steps,
		    struct explorer_run *ret, struct error *err);

#endif
