/* dialogue.c - lines sent and awaited: see dialogue.h */
#include "dialogue.h"

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "dialogue_inner.h"

/* ---- sent ---- */

static void make_unsent_room(struct dialogue *dialogue, size_t size)
{
	size_t left = dialogue->unsent_used - dialogue->unsent_first;

	if (left + size > DIALOGUE_UNSENT_MAX)
		judge_broken("more than %u MiB are sent at once",
			     DIALOGUE_UNSENT_MAX >> 20);
	if (dialogue->unsent_room - dialogue->unsent_used >= size)
		return;
	if (dialogue->unsent_first > 0)
		memmove(dialogue->unsent,
			dialogue->unsent + dialogue->unsent_first, left);
	dialogue->unsent_first = 0;
	dialogue->unsent_used = left;
	if (dialogue->unsent_room - left >= size)
		return;
	dialogue->unsent_room = 2 * dialogue->unsent_room + size;
	dialogue->unsent = realloc(dialogue->unsent, dialogue->unsent_room);
	ENOUGH(dialogue->unsent);
}

static void note_sent(struct dialogue *dialogue, const char *text, size_t size)
{
	const char *end, *at = text;

	while (at < text + size) {
		end = memchr(at, '\n', size - (size_t)(at - text));
		if (!end)
			end = text + size;
		dialogue_shown_add(&dialogue->shown, DIALOGUE_SENT, at,
				   (size_t)(end - at));
		at = end + 1;
	}
}

void dialogue_send_text(struct dialogue *dialogue, const char *text,
			size_t size)
{
	make_unsent_room(dialogue, size);
	memcpy(dialogue->unsent + dialogue->unsent_used, text, size);
	dialogue->unsent_used += size;
	note_sent(dialogue, text, size);
}

void dialogue_send(struct dialogue *dialogue, json_t *line)
{
	size_t size = DIALOGUE_LINE_MAX / 16, room;
	char *to;

	if (!json_is_object(line))
		judge_broken("what is sent is no object");
	do { /* a second time if it is longer than most */
		room = size + 1;
		make_unsent_room(dialogue, room);
		to = dialogue->unsent + dialogue->unsent_used;
		size = json_dumpb(line, to, room - 1, JSON_COMPACT);
	} while (size > room - 1);
	if (size == 0)
		judge_broken("what is sent cannot be written");
	dialogue_shown_add(&dialogue->shown, DIALOGUE_SENT, to, size);
	to[size] = '\n';
	dialogue->unsent_used += size + 1;
	json_decref(line);
}

/* ---- awaited ---- */

struct judge_patience dialogue_patience(const struct dialogue *dialogue)
{
	return (struct judge_patience){
		.deadline_ns = dialogue->deadline_ns,
		/* asleep because of us is not stuck */
		.stuck_from_ns = dialogue->held ? UINT64_MAX : 0,
	};
}

__attribute__((noreturn)) static void fail_line(struct dialogue *dialogue,
						const char *problem)
{
	dialogue_fail(dialogue, "the program wrote a line that is %s", problem);
}

bool dialogue_take(struct dialogue *dialogue)
{
	if (!dialogue_lines_take(&dialogue->lines, &dialogue->text,
				 &dialogue->size)) {
		if (dialogue_lines_rest(&dialogue->lines) >= DIALOGUE_LINE_MAX)
			fail_line(dialogue, DIALOGUE_TOO_LONG);
		return false;
	}
	dialogue->taken++;
	dialogue_shown_add(&dialogue->shown, DIALOGUE_CAME, dialogue->text,
			   dialogue->size);
	return true;
}

static bool took_or_ended(struct dialogue *dialogue)
{
	return dialogue_take(dialogue) || !dialogue->running;
}

const char *dialogue_next_text(struct dialogue *dialogue, const char *doing,
			       size_t *size)
{
	const struct judge_patience patience = dialogue_patience(dialogue);
	uint64_t from_ns;
	enum judge_event event;
	size_t taken = dialogue->taken;
	const char *problem;

	dialogue->waited_ns = 0;
	if (!dialogue_take(dialogue)) {
		from_ns = history_now_ns();
		event = dialogue_await(dialogue, &patience, took_or_ended);
		dialogue->waited_ns = history_now_ns() - from_ns;
		if (event != JUDGE_MESSAGE)
			dialogue_fail_event(dialogue, event, doing);
		if (dialogue->taken == taken)
			dialogue_fail_ended(dialogue, doing);
	}
	problem = dialogue_line_problem(dialogue->text, dialogue->size);
	if (problem)
		fail_line(dialogue, problem);
	if (size)
		*size = dialogue->size;
	return dialogue->text;
}

json_t *dialogue_parse_taken(struct dialogue *dialogue)
{
	char problem[DIALOGUE_PROBLEM_MAX];
	json_t *line = dialogue_line_parse(dialogue->text, dialogue->size,
					   problem);

	if (!line)
		fail_line(dialogue, problem);
	return line;
}

json_t *dialogue_next(struct dialogue *dialogue, const char *doing)
{
	(void)dialogue_next_text(dialogue, doing, NULL);
	return dialogue_parse_taken(dialogue);
}

json_t *dialogue_poll(struct dialogue *dialogue, unsigned most_ms)
{
	uint64_t from_ns = history_now_ns();
	uint64_t until_ns = from_ns + most_ms * UINT64_C(1000000);
	bool took = dialogue_take(dialogue), over = false;

	while (!took && !over) {
		over = history_now_ns() >= until_ns;
		judge_take_events(dialogue->judge);
		dialogue_pump(dialogue);
		took = dialogue_take(dialogue);
		if (!took && !dialogue->running)
			dialogue_fail_ended(dialogue, "it was waited for");
		if (!took && dialogue->judge->ended)
			dialogue_fail_event(dialogue, JUDGE_ENDED,
					    "it was waited for");
		if (!took && !over)
			dialogue_sleep(dialogue, until_ns);
	}
	dialogue->waited_ns = history_now_ns() - from_ns;
	return took ? dialogue_parse_taken(dialogue) : NULL;
}

size_t dialogue_lines(const struct dialogue *dialogue)
{
	return dialogue->taken;
}

uint64_t dialogue_waited_ns(const struct dialogue *dialogue)
{
	return dialogue->waited_ns;
}
