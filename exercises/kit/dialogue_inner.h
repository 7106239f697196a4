/*
 * dialogue_inner.h - what the files of a dialogue share
 *
 *   dialogue.c        lines sent and awaited
 *   dialogue_life.c   started, killed, started again, ended; syncs held
 *   dialogue_pump.c   the descriptors
 *   dialogue_fail.c   failures
 *   dialogue_play.c   failures rehearsed, and made small
 *   dialogue_field.c  fields of a line
 *   dialogue_lines.c, dialogue_shown.c, dialogue_clean.c  know no dialogue
 */
#ifndef ASSAY_KIT_DIALOGUE_INNER_H
#define ASSAY_KIT_DIALOGUE_INNER_H

#include <setjmp.h>

#include <assay/keeper.h>

#include "dialogue.h"
#include "dialogue_lines.h"
#include "dialogue_shown.h"
#include "judge_inner.h"

#define DIALOGUE_UNSENT_MAX (64u << 20)  /* bytes sent that wait in memory */
#define DIALOGUE_UNREAD_MAX (32u << 20)  /* bytes that came likewise */
#define DIALOGUE_OUTPUT_MAX (512u << 20) /* bytes that may come at all */

/* A failure, as it is told. */
struct dialogue_failure {
	const char *format; /* of its message: which check it was */
	char *message;
	char *title;
	json_t *lines;
	json_t *expected, *actual; /* NULL: none */
	bool stuck, crashed, late;
};

struct dialogue {
	struct judge *judge;
	enum judge_side side;
	uint64_t deadline_ns;

	/* sent, and not written yet: what is from first to used */
	char *unsent;
	size_t unsent_first, unsent_used, unsent_room;

	struct dialogue_lines lines;
	char *text; /* the line that was taken last, its LF a NUL */
	size_t size;
	uint64_t moved;       /* bytes written and read */
	uint64_t came;        /* bytes read */
	uint64_t came_before; /* of these, before this start */
	size_t taken;         /* lines given to the judge */
	uint64_t waited_ns;   /* for the last of them */
	bool input_closed, output_closed, channel_closed;
	bool finished; /* the first of these by us */

	/* the keeper */
	bool running;         /* told to start, and not known to have ended */
	bool ended_by_itself; /* and not because it was killed */
	struct keeper_event ended;
	uint32_t kills, kills_answered;

	bool held; /* its syncs */

	struct dialogue_shown shown;
	char *title; /* of what is shown instead, NULL if nothing is */
	json_t *instead;

	jmp_buf *rehearsal; /* where a failure goes; NULL: to the harness */
	struct dialogue_failure failure; /* the one that went there */
	bool shortened; /* what is played, because all of it failed */
};

/* ---- dialogue_pump.c ---- */

int dialogue_input_fd(const struct dialogue *dialogue);
int dialogue_output_fd(const struct dialogue *dialogue);

/** Hear the keeper, write and read, as far as that goes without waiting. */
void dialogue_pump(struct dialogue *dialogue);

/** Sleep until there is more to pump, or the harness says something, or
 * @until_ns. */
void dialogue_sleep(const struct dialogue *dialogue, uint64_t until_ns);

void dialogue_tell_keeper(struct dialogue *dialogue,
			  enum keeper_message message);

/** Pump until @done, which is JUDGE_MESSAGE, or as judge_wait() has it. */
enum judge_event dialogue_await(struct dialogue *dialogue,
				const struct judge_patience *patience,
				bool (*done)(struct dialogue *dialogue));

/* ---- dialogue.c ---- */

/** The patience that the program is given now. */
struct judge_patience dialogue_patience(const struct dialogue *dialogue);

/** Take a line, if there is a whole one, into .text and .size. */
bool dialogue_take(struct dialogue *dialogue);

/** The object that the line taken is; anything else is a failure. */
json_t *dialogue_parse_taken(struct dialogue *dialogue);

/* ---- dialogue_fail.c ---- */

/** Something happened that should be among the lines shown. */
void dialogue_note(struct dialogue *dialogue, const char *words);

/** Fail because the program hangs, takes too long or is no more (@event,
 * as dialogue_await() told it) while @doing something. */
__attribute__((noreturn)) void dialogue_fail_event(struct dialogue *dialogue,
						   enum judge_event event,
						   const char *doing);

/** Fail because it has ended, which nothing had told it to. */
__attribute__((noreturn)) void dialogue_fail_ended(struct dialogue *dialogue,
						   const char *doing);

void dialogue_failure_release(struct dialogue_failure *failure);

/** Fail like that, for good. */
__attribute__((noreturn)) void
dialogue_fail_like(struct dialogue *dialogue,
		   const struct dialogue_failure *failure);

#endif
