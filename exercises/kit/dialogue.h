/*
 * dialogue.h - talking with a program in lines of JSON
 *
 * For exercises in any language: the candidate's program reads one JSON object
 * per line from its standard input and writes one per line to its standard
 * output. A judge is then a plain program that goes from top to bottom:
 *
 *	struct dialogue *dialogue = dialogue_start(judge, JUDGE_CANDIDATE);
 *	dialogue_send(dialogue, json_pack("{s:s,s:i}", "op", "sync", "n", 1));
 *	while ((line = dialogue_next(dialogue, "answering a sync")))
 *		...
 *
 * All that the program writes is data of a stranger's, of any size, at any
 * time. What no sound program would write (not JSON, not an object, longer than
 * DIALOGUE_LINE_MAX, not UTF-8, the same key twice, too much) fails it with
 * the line shown; so does its end where nothing had told it to end. Both do not
 * return. Nothing here blocks without a deadline: what is sent waits in memory
 * while the program is busy writing, and both directions go on at once.
 *
 * The last DIALOGUE_SHOWN lines of both directions are shown with a failure.
 */
#ifndef ASSAY_KIT_DIALOGUE_H
#define ASSAY_KIT_DIALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "judge.h"

#define DIALOGUE_LINE_MAX (64u * 1024) /* bytes of one line, LF included */
#define DIALOGUE_SHOWN 30              /* lines */

struct dialogue;

/**
 * Have the keeper start the program, from an empty state. The parameter
 * "patience_ms" of the test bounds all of it: from now on the program may take
 * so long, over all starts.
 */
struct dialogue *dialogue_start(struct judge *judge, enum judge_side side);

/** Write one line. Steals @line, an object. Never waits. */
void dialogue_send(struct dialogue *dialogue, json_t *line);

/** The same with a text that is one line or several, each ended by LF. */
void dialogue_send_text(struct dialogue *dialogue, const char *text,
			size_t size);

/**
 * The next line of the program's, an object that is the caller's. Waits until
 * the deadline of the whole; a program that is asleep for good while we wait is
 * stuck. Both fail the candidate: @doing completes "... while" in the message
 * ("the program answers nothing and waits while ..."). Never NULL.
 */
json_t *dialogue_next(struct dialogue *dialogue, const char *doing);

/**
 * The same, but NULL when none has come after @most_ms. For what may or may not
 * come; never to decide that something never will.
 */
json_t *dialogue_poll(struct dialogue *dialogue, unsigned most_ms);

/** How many lines have come so far, and how long the last was awaited. */
size_t dialogue_lines(const struct dialogue *dialogue);

/* ---- crash and restart ---- */

/**
 * SIGKILL, and everything the program left running with it. The lines it had
 * written by then still come by dialogue_left(), a torn last one does not.
 */
void dialogue_kill(struct dialogue *dialogue);

/** After dialogue_kill(): the next line of what was left, or NULL. */
json_t *dialogue_left(struct dialogue *dialogue);

/** Start it again: with its folder "state" as it is, or an empty one. */
void dialogue_restart(struct dialogue *dialogue, bool keep_state);

/** Close its input; it has to exit with 0 and write no line more. */
void dialogue_finish(struct dialogue *dialogue);

/* ---- durability, seen from outside ---- */

/** From now on (it is so on return) fsync(), fdatasync() and their like do
 * not return in the program. */
void dialogue_hold_syncs(struct dialogue *dialogue);

/** How many such calls wait now. */
unsigned dialogue_syncs_held(struct dialogue *dialogue);

void dialogue_release_syncs(struct dialogue *dialogue);

/** Such calls begun so far. */
uint64_t dialogue_syncs(struct dialogue *dialogue);

/* ---- failing ---- */

/**
 * judge_fail() with the last lines of the dialogue as a trace under it. For a
 * second program, the reference, it ends without a verdict.
 */
__attribute__((noreturn, format(printf, 2, 3))) void
dialogue_fail(struct dialogue *dialogue, const char *format, ...);

/* What a following dialogue_fail() shows instead of the last lines: a
 * dialogue made small. Texts of lines; "> " is put before what was sent and
 * "< " before what came back. */
void dialogue_show(struct dialogue *dialogue, const char *title);
void dialogue_show_sent(struct dialogue *dialogue, const char *line);
void dialogue_show_came(struct dialogue *dialogue, const char *line);

/* ---- fields of a line, checked ----
 *
 * Each fails the candidate, with the line, when the field is not there or not
 * of its kind. */

const char *dialogue_text(struct dialogue *dialogue, const json_t *line,
			  const char *key);
json_int_t dialogue_number(struct dialogue *dialogue, const json_t *line,
			   const char *key, json_int_t low, json_int_t high);
bool dialogue_flag(struct dialogue *dialogue, const json_t *line,
		   const char *key);
/** Fails when the line has any key but these (a NULL-terminated list). */
void dialogue_only(struct dialogue *dialogue, const json_t *line,
		   const char *const *keys);

#endif
