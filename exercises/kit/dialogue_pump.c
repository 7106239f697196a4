/*
 * dialogue_pump.c - the descriptors of a dialogue; see dialogue_inner.h
 *
 * A program that is busy writing does not read, so whoever waits for it to
 * read must read, and the other way round: nothing here ever waits for one
 * direction. What is to be written lies in memory, and goes out when there is
 * nothing else to do, so that thousands of lines cost one call.
 *
 * After KEEPER_ENDED all that the program wrote is in the pipe. So the keeper
 * is heard before the pipe is read, and the end counts when that is empty.
 */
#define _GNU_SOURCE /* ppoll */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "dialogue_inner.h"

/* For a program that sleeps, but not on what only itself could release: it may
 * write what it has gathered only every now and then. */
#define ALARM_NS UINT64_C(2000000000)

static bool is_baseline(const struct dialogue *dialogue)
{
	return dialogue->side == JUDGE_BASELINE;
}

static int channel_fd(const struct dialogue *dialogue)
{
	return is_baseline(dialogue) ? ASSAY_JUDGE_BASELINE_CHANNEL_FD
				     : ASSAY_JUDGE_CHANNEL_FD;
}

int dialogue_input_fd(const struct dialogue *dialogue)
{
	return is_baseline(dialogue) ? ASSAY_JUDGE_BASELINE_INPUT_FD
				     : ASSAY_JUDGE_INPUT_FD;
}

int dialogue_output_fd(const struct dialogue *dialogue)
{
	return is_baseline(dialogue) ? ASSAY_JUDGE_BASELINE_OUTPUT_FD
				     : ASSAY_JUDGE_OUTPUT_FD;
}

/* ---- the keeper ---- */

/* If it has gone, so has all else, which the harness tells next. */
void dialogue_tell_keeper(struct dialogue *dialogue,
			  enum keeper_message message)
{
	const struct keeper_command command = { .type = message };
	ssize_t sent;

	do
		sent = send(channel_fd(dialogue), &command, sizeof command,
			    MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	if (sent < 0 && errno != EPIPE && errno != ECONNRESET)
		judge_broken("keeper: %s", strerror(errno));
}

static void note_event(struct dialogue *dialogue,
		       const struct keeper_event *event)
{
	if (event->type != KEEPER_ENDED)
		return;
	if (event->kills == dialogue->kills_answered)
		dialogue->ended_by_itself = true;
	dialogue->kills_answered = event->kills;
	dialogue->ended = *event;
	dialogue->running = dialogue->kills_answered != dialogue->kills;
}

static void hear_keeper(struct dialogue *dialogue)
{
	struct keeper_event event;
	ssize_t got;

	while (!dialogue->channel_closed) {
		got = recv(channel_fd(dialogue), &event, sizeof event,
			   MSG_DONTWAIT);
		if (got == (ssize_t)sizeof event) {
			note_event(dialogue, &event);
			continue;
		}
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			return;
		if (got > 0 || (got < 0 && errno != ECONNRESET))
			judge_broken("the keeper says what it cannot");
		dialogue->channel_closed = true;
	}
}

/* ---- the pipes ---- */

static void write_input(struct dialogue *dialogue)
{
	size_t left = dialogue->unsent_used - dialogue->unsent_first;
	ssize_t put;

	while (left > 0 && !dialogue->input_closed) {
		put = write(dialogue_input_fd(dialogue),
			    dialogue->unsent + dialogue->unsent_first, left);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0 && errno == EAGAIN)
			return;
		if (put < 0 && errno != EPIPE)
			judge_broken("input: %s", strerror(errno));
		if (put < 0) {
			dialogue->input_closed = true;
			break;
		}
		dialogue->unsent_first += (size_t)put;
		dialogue->moved += (uint64_t)put;
		left -= (size_t)put;
	}
	dialogue->unsent_first = dialogue->unsent_used = 0;
}

static void check_amount(struct dialogue *dialogue)
{
	size_t unread = dialogue->lines.used - dialogue->lines.first;

	if (unread > DIALOGUE_UNREAD_MAX)
		dialogue_fail(dialogue,
			      "the program wrote more than %u MiB that nobody"
			      " had asked for",
			      DIALOGUE_UNREAD_MAX >> 20);
	if (dialogue->came > DIALOGUE_OUTPUT_MAX)
		dialogue_fail(dialogue, "the program wrote more than %u MiB",
			      DIALOGUE_OUTPUT_MAX >> 20);
}

/* Whether there may be more to read at once. */
static bool read_output(struct dialogue *dialogue)
{
	size_t room;
	char *to = dialogue_lines_room(&dialogue->lines, &room);
	ssize_t got = read(dialogue_output_fd(dialogue), to, room);

	if (got < 0 && errno == EINTR)
		return true;
	if (got < 0 && errno != EAGAIN)
		judge_broken("output: %s", strerror(errno));
	if (got == 0)
		dialogue->output_closed = true;
	if (got <= 0)
		return false;
	dialogue_lines_add(&dialogue->lines, (size_t)got);
	dialogue->moved += (uint64_t)got;
	dialogue->came += (uint64_t)got;
	check_amount(dialogue);
	return true;
}

void dialogue_pump(struct dialogue *dialogue)
{
	bool over;

	hear_keeper(dialogue);
	over = !dialogue->running || dialogue->channel_closed;
	if (dialogue->running)
		write_input(dialogue);
	while (!dialogue->output_closed && read_output(dialogue) && over)
		;
}

void dialogue_sleep(const struct dialogue *dialogue, uint64_t until_ns)
{
	bool unsent = dialogue->unsent_used > dialogue->unsent_first &&
		      dialogue->running && !dialogue->input_closed;
	struct pollfd ready[] = {
		{ .fd = dialogue->judge->events.fd, .events = POLLIN },
		{ .fd = dialogue->channel_closed ? -1 : channel_fd(dialogue),
		  .events = POLLIN },
		{ .fd = dialogue->output_closed ? -1
						: dialogue_output_fd(dialogue),
		  .events = POLLIN },
		{ .fd = unsent ? dialogue_input_fd(dialogue) : -1,
		  .events = POLLOUT },
	};
	uint64_t now_ns = history_now_ns();
	uint64_t left_ns = until_ns > now_ns ? until_ns - now_ns : 0;
	const struct timespec left = {
		.tv_sec = (time_t)(left_ns / 1000000000u),
		.tv_nsec = (long)(left_ns % 1000000000u),
	};

	(void)ppoll(ready, sizeof ready / sizeof *ready, &left, NULL);
}

/* ---- waiting ---- */

struct await {
	struct dialogue *dialogue;
	bool (*done)(struct dialogue *dialogue);
};

static bool await_came(struct judge *judge, void *data)
{
	const struct await *await = data;

	(void)judge;
	dialogue_pump(await->dialogue);
	/* the second program's end is told by nobody else */
	return await->done(await->dialogue) ||
	       (await->dialogue->channel_closed &&
		is_baseline(await->dialogue));
}

static void await_sleep(struct judge *judge, void *data, uint64_t until_ns)
{
	const struct await *await = data;

	(void)judge;
	dialogue_sleep(await->dialogue, until_ns);
}

static uint64_t await_progress(const struct judge *judge, void *data)
{
	const struct await *await = data;

	(void)judge;
	return await->dialogue->moved;
}

enum judge_event dialogue_await(struct dialogue *dialogue,
				const struct judge_patience *patience,
				bool (*done)(struct dialogue *dialogue))
{
	struct await await = { .dialogue = dialogue, .done = done };
	struct judge_patience longer = *patience;
	const struct judge_awaited awaited = {
		.side = dialogue->side,
		.patience = &longer,
		.came = await_came,
		.sleep = await_sleep,
		.progress = await_progress,
		.data = &await,
	};

	enum judge_event event = judge_await(dialogue->judge, &awaited);

	if (event != JUDGE_STUCK || dialogue->judge->stuck)
		return event;
	/* it may have set itself an alarm */
	longer.stuck_from_ns = history_now_ns() + ALARM_NS;
	return judge_await(dialogue->judge, &awaited);
}
