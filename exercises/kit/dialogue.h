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
 * DIALOGUE_LINE_MAX, not UTF-8, the same key twice, ended by CR LF, far too
 * much) fails it with the line shown; so does its end where nothing had told it
 * to end. Both do not return. Nothing here blocks without a deadline: what is
 * sent waits in memory while the program is busy writing, and both directions
 * go on at once. It is written when there is nothing to read any more, so that
 * sending and reading thousands of lines costs a few system calls.
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

/**
 * Write one line. Steals @line, an object. Never waits: it is written at the
 * latest when the next line is waited for. dialogue_settle() does that too.
 */
void dialogue_send(struct dialogue *dialogue, json_t *line);

/** The same with a text that is one line or several, each ended by LF. No
 * more than 64 MiB may wait to be written. */
void dialogue_send_text(struct dialogue *dialogue, const char *text,
			size_t size);

/**
 * The next line of the program's, an object that is the caller's. Waits until
 * the deadline of the whole; a program that is asleep for good while we wait is
 * stuck, and so is one that sleeps for over two seconds. Both fail the
 * candidate, and @doing completes the message: "the program sleeps and writes
 * no line while answering a sync". Never NULL.
 */
json_t *dialogue_next(struct dialogue *dialogue, const char *doing);

/**
 * The same as a text without its LF, good until the next call for this
 * dialogue, and not looked into: it may be no JSON at all. For hundreds of
 * thousands of lines, a million of which jansson takes over two seconds for.
 * @size may be NULL: there is no NUL in it but the one at its end.
 */
const char *dialogue_next_text(struct dialogue *dialogue, const char *doing,
			       size_t *size);

/**
 * The same as dialogue_next(), but NULL when none has come after @most_ms. For
 * what may or may not come; never to decide that something never will.
 */
json_t *dialogue_poll(struct dialogue *dialogue, unsigned most_ms);

/**
 * Wait until the program has read all that it was sent and is asleep, for
 * @most_ms at most; for the candidate's only. To make a test sharp, not to
 * decide it: it says whether that was so. What it wrote is there to be had by
 * dialogue_poll(dialogue, 0).
 */
bool dialogue_settle(struct dialogue *dialogue, unsigned most_ms);

/** How many lines have been taken so far, over all starts. */
size_t dialogue_lines(const struct dialogue *dialogue);

/** How long the last one was waited for; 0 if it was there already. */
uint64_t dialogue_waited_ns(const struct dialogue *dialogue);

/* ---- crash and restart ---- */

/**
 * SIGKILL, and everything the program left running with it; what it had not
 * read is lost. The lines it had written by then, but had not been taken, still
 * come by dialogue_left(); a torn last one does not. A program that had ended
 * before by itself fails.
 */
void dialogue_kill(struct dialogue *dialogue);

/** After dialogue_kill(): the next line of what was left, or NULL. */
json_t *dialogue_left(struct dialogue *dialogue);

/**
 * Start it again, killed first if it runs: with its folder "state" as it is, or
 * an empty one. What was left is thrown away.
 */
void dialogue_restart(struct dialogue *dialogue, bool keep_state);

/**
 * Close its input; it has to exit with 0 and write no line more. It cannot be
 * started again after that, so do it behind dialogue_play(), not in it: what
 * fails after that is told as it is.
 */
void dialogue_finish(struct dialogue *dialogue);

/* ---- durability, seen from outside ---- */

/**
 * From now on (it is so on return) fsync(), fdatasync() and their like do not
 * return in the program, until they are released, over all starts. Meanwhile
 * it is never stuck, so do not wait for a line that has to wait for a sync:
 * dialogue_settle(), and see what has come. All four are for the candidate's
 * program only.
 */
void dialogue_hold_syncs(struct dialogue *dialogue);

/** How many such calls wait now. */
unsigned dialogue_syncs_held(struct dialogue *dialogue);

void dialogue_release_syncs(struct dialogue *dialogue);

/** Such calls begun so far. */
uint64_t dialogue_syncs(struct dialogue *dialogue);

/* ---- failing ---- */

/**
 * judge_fail() with the last lines of the dialogue as a trace under it. For a
 * second program, the reference, it ends without a verdict. The message is one
 * line; what cannot be printed in it is escaped, so lines and fields of the
 * program's may be put into it.
 */
__attribute__((noreturn, format(printf, 2, 3))) void
dialogue_fail(struct dialogue *dialogue, const char *format, ...);

/* What a following dialogue_fail() shows instead of the last lines. Texts of
 * lines; "> " is put before what was sent, "< " before what came back, and
 * "# " before what happened. */
void dialogue_show(struct dialogue *dialogue, const char *title);
void dialogue_show_sent(struct dialogue *dialogue, const char *line);
void dialogue_show_came(struct dialogue *dialogue, const char *line);

/* ---- failing small ----
 *
 * A script of a thousand lines that fails tells nobody anything. So play it by
 * dialogue_play(), which plays it again with fewer and fewer items until no one
 * of them can be left out:
 *
 *	static void play(struct dialogue *dialogue, void *data,
 *			 const size_t *items, size_t count)
 *	{
 *		const struct script *script = data;
 *		struct model model = { 0 };
 *
 *		for (size_t i = 0; i < count; i++)
 *			step(dialogue, &model, &script->steps[items[i]]);
 *		drain(dialogue, &model);
 *	}
 *	...
 *	dialogue_play(dialogue, script.count, 60, play, &script);
 *
 * Any choice of the items, in their order, has to be a script that is right to
 * ask for: where the right answer depends on what went before, the model says
 * so while it is played, and nothing is remembered from one time to the next.
 * What is allocated when it fails is lost. It must fail by dialogue_fail(),
 * not by judge_fail(). */

/**
 * Start the program again from an empty state and play items 0 to @count - 1.
 * Returns if nothing fails, with the program as that left it. If something
 * does, play fewer of them in the same way, @rehearsals times at most, and fail
 * with the shortest dialogue that fails the same check: the same format in
 * the same dialogue_fail(), and if that is "%s", the same words, numbers and
 * quoted texts aside. The deadline is as far away for each time as it
 * was for the first, so the limits of the test have to have room for that. A
 * failure that took all of its time is told as it is. The parameter
 * "rehearsals_max" of a test, if it has one, is the most of them: 0 tells each
 * failure as it is.
 */
void dialogue_play(struct dialogue *dialogue, size_t count, unsigned rehearsals,
		   void (*play)(struct dialogue *dialogue, void *data,
				const size_t *items, size_t count),
		   void *data);

/**
 * The part of it that is not a search: true when @body failed, which then has
 * not been told to anybody. Starts nothing. After this the program is wherever
 * it was when it failed: dialogue_restart().
 */
bool dialogue_rehearse(struct dialogue *dialogue,
		       void (*body)(struct dialogue *dialogue, void *data),
		       void *data);

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
