/* dialogue_life.c - started, killed, ended; syncs: see dialogue.h */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "dialogue_inner.h"

/* For the keeper to kill; a program that forks without end may take it. */
#define KILL_PATIENCE_NS UINT64_C(20000000000)

static bool has_ended(struct dialogue *dialogue)
{
	return !dialogue->running;
}

/* ---- start ---- */

static void start_program(struct dialogue *dialogue)
{
	dialogue->running = true;
	dialogue->ended_by_itself = false;
	dialogue->came_before = dialogue->came;
	dialogue_tell_keeper(dialogue, KEEPER_START);
}

static void set_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		judge_broken("the pipes of the dialogue: %s", strerror(errno));
}

struct dialogue *dialogue_start(struct judge *judge, enum judge_side side)
{
	struct dialogue *dialogue = calloc(1, sizeof *dialogue);

	ENOUGH(dialogue);
	dialogue->judge = judge;
	dialogue->side = side;
	dialogue->deadline_ns = history_now_ns() +
				(uint64_t)judge_param(judge, "patience_ms") *
					1000000u;
	set_nonblocking(dialogue_input_fd(dialogue));
	set_nonblocking(dialogue_output_fd(dialogue));
	start_program(dialogue);
	return dialogue;
}

/* ---- kill ---- */

/* The same as a message of the keeper's, however it has ended before. */
static void kill_program(struct dialogue *dialogue)
{
	const struct judge_patience patience = {
		.deadline_ns = history_now_ns() + KILL_PATIENCE_NS,
		.stuck_from_ns = UINT64_MAX,
	};
	enum judge_event event;

	dialogue->kills++;
	dialogue->unsent_first = dialogue->unsent_used = 0;
	dialogue->running = true; /* until we hear */
	dialogue_tell_keeper(dialogue, KEEPER_KILL);
	event = dialogue_await(dialogue, &patience, has_ended);
	if (event == JUDGE_TIMEOUT && dialogue->side == JUDGE_CANDIDATE)
		dialogue_fail(dialogue,
			      "the program could not be killed: it forks"
			      " without end, or has stopped the keeper");
	if (event != JUDGE_MESSAGE || dialogue->running)
		dialogue_fail_event(dialogue, event, "it was killed");
	dialogue_lines_tear(&dialogue->lines);
}

void dialogue_kill(struct dialogue *dialogue)
{
	kill_program(dialogue);
	if (dialogue->ended_by_itself)
		dialogue_fail_ended(dialogue, "nothing had told it to end");
	dialogue_note(dialogue, "killed by SIGKILL");
}

json_t *dialogue_left(struct dialogue *dialogue)
{
	return dialogue_take(dialogue) ? dialogue_parse_taken(dialogue) : NULL;
}

void dialogue_restart(struct dialogue *dialogue, bool keep_state)
{
	if (dialogue->finished)
		judge_broken("started again after its input was closed");
	if (dialogue->running)
		kill_program(dialogue);
	dialogue_lines_clear(&dialogue->lines);
	if (!keep_state)
		dialogue_tell_keeper(dialogue, KEEPER_CLEAR);
	start_program(dialogue);
	dialogue_note(dialogue, keep_state ? "started again, ./state as it was"
					   : "started again, ./state empty");
}

/* ---- end ---- */

static bool wrote_all_or_more(struct dialogue *dialogue)
{
	return dialogue->unsent_used == dialogue->unsent_first ||
	       has_ended(dialogue);
}

static bool took_or_ended(struct dialogue *dialogue)
{
	return dialogue_take(dialogue) || has_ended(dialogue);
}

void dialogue_finish(struct dialogue *dialogue)
{
	static const char doing[] = "its input had ended";
	const struct judge_patience patience = dialogue_patience(dialogue);
	size_t taken = dialogue->taken;
	enum judge_event event;

	event = dialogue_await(dialogue, &patience, wrote_all_or_more);
	if (event != JUDGE_MESSAGE)
		dialogue_fail_event(dialogue, event, "it was sent lines");
	dialogue_note(dialogue, "end of its input");
	(void)close(dialogue_input_fd(dialogue));
	dialogue->input_closed = dialogue->finished = true;
	event = dialogue_await(dialogue, &patience, took_or_ended);
	if (event != JUDGE_MESSAGE)
		dialogue_fail_event(dialogue, event, doing);
	if (dialogue->taken > taken || dialogue_take(dialogue))
		dialogue_fail(dialogue, "the program wrote a line that nothing"
					" had asked for, at its end");
	if (dialogue->running || dialogue->ended.exit_status != 0)
		dialogue_fail_ended(dialogue, doing);
	if (dialogue_lines_rest(&dialogue->lines) > 0)
		dialogue_fail(dialogue,
			      "the program ended in the middle of a line");
}

/* ---- asleep ---- */

/* Whether the program has read all that was sent. */
static bool has_read_all(struct dialogue *dialogue)
{
	int unread = 0;

	if (dialogue->unsent_used > dialogue->unsent_first)
		return false;
	if (ioctl(dialogue_input_fd(dialogue), FIONREAD, &unread) < 0)
		judge_broken("FIONREAD: %s", strerror(errno));
	return unread == 0;
}

bool dialogue_settle(struct dialogue *dialogue, unsigned most_ms)
{
	uint64_t until_ns = history_now_ns() + most_ms * UINT64_C(1000000);
	uint64_t moved = 0;
	unsigned asleep = 0;
	struct judge_probe probe;

	while (asleep < 2) {
		if (history_now_ns() > until_ns)
			return false;
		judge_sleep_ms(1);
		judge_take_events(dialogue->judge);
		dialogue_pump(dialogue);
		if (!dialogue->running || dialogue->judge->ended)
			return false;
		if (!has_read_all(dialogue)) {
			asleep = 0;
			continue;
		}
		probe = judge_probe(dialogue->judge);
		asleep = probe.alive && probe.running == 0 &&
					 dialogue->moved == moved
				 ? asleep + 1
				 : 0;
		moved = dialogue->moved;
	}
	return true;
}

/* ---- syncs ---- */

static struct judge_probe probe_syncs(struct dialogue *dialogue)
{
	if (dialogue->side == JUDGE_BASELINE)
		judge_broken("nobody counts the syncs of the reference");
	return judge_probe(dialogue->judge);
}

void dialogue_hold_syncs(struct dialogue *dialogue)
{
	(void)probe_syncs(dialogue);
	judge_hold_syncs(dialogue->judge);
	dialogue->held = true;
	dialogue_note(dialogue, "from here on fsync() does not return");
}

void dialogue_release_syncs(struct dialogue *dialogue)
{
	judge_release_syncs(dialogue->judge);
	dialogue->held = false;
	dialogue_note(dialogue, "fsync() returns again");
}

unsigned dialogue_syncs_held(struct dialogue *dialogue)
{
	return probe_syncs(dialogue).syncs_held;
}

uint64_t dialogue_syncs(struct dialogue *dialogue)
{
	return probe_syncs(dialogue).syncs;
}
