/* dialogue_fail.c - failures: see dialogue.h */
#define _GNU_SOURCE /* sigabbrev_np, vasprintf */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "dialogue_clean.h"
#include "dialogue_inner.h"

#define MESSAGE_MAX 2000 /* bytes */
#define INSTEAD_MAX 200  /* lines */

void dialogue_note(struct dialogue *dialogue, const char *words)
{
	dialogue_shown_add(&dialogue->shown, DIALOGUE_NOTED, words,
			   strlen(words));
}

/* ---- what is shown ---- */

void dialogue_show(struct dialogue *dialogue, const char *title)
{
	free(dialogue->title);
	json_decref(dialogue->instead);
	dialogue->title = strdup(title);
	dialogue->instead = json_array();
	ENOUGH(dialogue->title && dialogue->instead);
}

static void show_line(struct dialogue *dialogue, enum dialogue_way way,
		      const char *line)
{
	size_t size = strlen(line);
	size_t count = json_array_size(dialogue->instead);

	if (size > 0 && line[size - 1] == '\n')
		size--;
	if (count < INSTEAD_MAX)
		(void)json_array_append_new(
			dialogue->instead,
			dialogue_shown_text(way, line, size, size));
	else if (count == INSTEAD_MAX)
		(void)json_array_append_new(dialogue->instead,
					    json_string("..."));
}

void dialogue_show_sent(struct dialogue *dialogue, const char *line)
{
	show_line(dialogue, DIALOGUE_SENT, line);
}

void dialogue_show_came(struct dialogue *dialogue, const char *line)
{
	show_line(dialogue, DIALOGUE_CAME, line);
}

/* ---- failures ---- */

void dialogue_failure_release(struct dialogue_failure *failure)
{
	free(failure->message);
	free(failure->title);
	json_decref(failure->lines);
	json_decref(failure->expected);
	json_decref(failure->actual);
	*failure = (struct dialogue_failure){ 0 };
}

static const char *title_of(const struct dialogue *dialogue)
{
	if (dialogue->title)
		return dialogue->title;
	if (dialogue->shown.lines > DIALOGUE_SHOWN)
		return "The end of the dialogue";
	return dialogue->shortened
		       ? "A short dialogue that fails in the same way"
		       : "The dialogue";
}

static void take_failure(struct dialogue *dialogue, const char *format,
			 const char *message, struct dialogue_failure *ret)
{
	struct judge *judge = dialogue->judge;

	ret->format = format;
	ret->message = strdup(message);
	ret->title = strdup(title_of(dialogue));
	ret->lines = dialogue->instead ? json_incref(dialogue->instead)
				       : dialogue_shown_lines(&dialogue->shown);
	ret->expected = json_incref(judge->expected);
	ret->actual = json_incref(judge->actual);
	ret->stuck = judge->stuck;
	ret->crashed = judge->crashed;
	ret->late = judge->late;
	ENOUGH(ret->message && ret->title);
}

static void replace(json_t **place, json_t *with)
{
	json_incref(with);
	json_decref(*place);
	*place = with;
}

void dialogue_fail_like(struct dialogue *dialogue,
			const struct dialogue_failure *failure)
{
	struct judge *judge = dialogue->judge;

	if (dialogue->side == JUDGE_BASELINE)
		judge_broken("the reference: %s", failure->message);
	if (json_array_size(failure->lines) > 0)
		judge_trace(judge, failure->title, json_incref(failure->lines));
	replace(&judge->expected, failure->expected);
	replace(&judge->actual, failure->actual);
	judge->stuck = failure->stuck;
	judge->crashed = failure->crashed;
	judge->late = failure->late;
	judge_fail(judge, "%s", failure->message);
}

/* What has bytes of a stranger's in it is cleaned as a whole. */
void dialogue_fail(struct dialogue *dialogue, const char *format, ...)
{
	struct dialogue_failure failure = { 0 };
	char message[MESSAGE_MAX];
	char *raw = NULL;
	va_list args;
	int size;

	va_start(args, format);
	size = vasprintf(&raw, format, args);
	va_end(args);
	ENOUGH(size >= 0);
	dialogue_clean(message, sizeof message, raw, (size_t)size,
		       (size_t)size);
	free(raw);
	take_failure(dialogue, format, message, &failure);
	if (!dialogue->rehearsal)
		dialogue_fail_like(dialogue, &failure);
	dialogue_failure_release(&dialogue->failure);
	dialogue->failure = failure;
	longjmp(*dialogue->rehearsal, 1);
}

/* ---- of a program that is no more, or as good as that ---- */

/* Whoever writes nothing at all, or half a line, has most likely not flushed;
 * unless it failed, which it says itself. */
static const char *hint(const struct dialogue *dialogue)
{
	if (dialogue->came == dialogue->came_before)
		return " (it has written nothing at all since it was started:"
		       " is its output flushed after each line?)";
	if (dialogue_lines_rest(&dialogue->lines) > 0)
		return " (the line it wrote last has no end yet: is its output"
		       " flushed after each line?)";
	return "";
}

void dialogue_fail_ended(struct dialogue *dialogue, const char *doing)
{
	const struct keeper_event *ended = &dialogue->ended;
	const char *name = sigabbrev_np(ended->signal);

	if (dialogue->running && dialogue->channel_closed)
		judge_broken("the second program's keeper has gone");
	if (ended->error == ENOMEM || ended->error == EAGAIN ||
	    ended->error == ENFILE)
		judge_broken("the program cannot be started: %s",
			     strerror(ended->error));
	if (ended->error != 0)
		dialogue_fail(dialogue, "the program could not be started: %s",
			      strerror(ended->error));
	dialogue->judge->crashed = ended->signal != 0 ||
				   ended->exit_status != 0;
	if (ended->signal != 0)
		dialogue_fail(dialogue,
			      "the program was killed by %s%s while"
			      " %s",
			      name ? "SIG" : "a signal", name ? name : "",
			      doing);
	dialogue_fail(dialogue, "the program exited with status %d while %s%s",
		      ended->exit_status, doing,
		      ended->exit_status == 0 ? hint(dialogue) : "");
}

void dialogue_fail_event(struct dialogue *dialogue, enum judge_event event,
			 const char *doing)
{
	const char *ending = judge_ending(dialogue->judge);
	size_t unread = dialogue->unsent_used - dialogue->unsent_first;

	if (event == JUDGE_ENDED && dialogue->judge->exited)
		judge_broken("the keeper has given up"); /* its log says why */
	if (event == JUDGE_ENDED)
		dialogue_fail(dialogue,
			      "%s, and the test's keeper with it, while %s",
			      ending, doing);
	if (event == JUDGE_STUCK && unread > 0)
		dialogue_fail(dialogue,
			      "the program sleeps and reads no more of what it"
			      " is sent while %s%s",
			      doing, hint(dialogue));
	if (event == JUDGE_STUCK)
		dialogue_fail(dialogue,
			      "the program sleeps and writes no line while"
			      " %s%s",
			      doing, hint(dialogue));
	dialogue_fail(dialogue, "the program's time was over while %s%s", doing,
		      hint(dialogue));
}
