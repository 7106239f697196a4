/* judge_driver.c - a driver's messages and its history: see judge.h */
#define _GNU_SOURCE /* MSG_TRUNC */
#include "judge.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "judge_inner.h"

#define MESSAGE_MAX 1024 /* a longer one is cut, and refused */
#define SEND_PATIENCE_NS UINT64_C(5000000000) /* for room in the channel */

static int channel(enum judge_side side)
{
	return side == JUDGE_BASELINE ? ASSAY_JUDGE_BASELINE_CHANNEL_FD
				      : ASSAY_JUDGE_CHANNEL_FD;
}

/*
 * A program that has gone is not an error here: what it left unread is lost,
 * and the next judge_wait() reports its end.
 */
void judge_send(struct judge *judge, enum judge_side side, const void *message,
		size_t size)
{
	uint64_t until_ns = history_now_ns() + SEND_PATIENCE_NS;
	ssize_t sent;

	judge->stuck = false;
	for (;;) {
		sent = send(channel(side), message, size,
			    MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent >= 0 || errno == EPIPE || errno == ECONNRESET)
			return;
		if (errno != EAGAIN && errno != EINTR)
			judge_broken("channel: %s", strerror(errno));
		judge_take_events(judge);
		if (judge->ended)
			return;
		if (history_now_ns() > until_ns)
			judge_fail(judge, "the program has stopped reading"
					  " its commands");
		judge_sleep_ms(1);
	}
}

enum arrival { ARRIVED, NOTHING, CLOSED };

static enum arrival receive(struct judge *judge, enum judge_side side,
			    void *message, size_t size)
{
	_Alignas(max_align_t) unsigned char buffer[MESSAGE_MAX];
	ssize_t got;

	do
		got = recv(channel(side), buffer, sizeof buffer,
			   MSG_DONTWAIT | MSG_TRUNC);
	while (got < 0 && errno == EINTR);
	if (got == 0 || (got < 0 && errno == ECONNRESET))
		return CLOSED;
	if (got < 0 && errno == EAGAIN)
		return NOTHING;
	if (got < 0)
		judge_broken("channel: %s", strerror(errno));
	if ((size_t)got != size && side == JUDGE_BASELINE)
		judge_broken("the reference sent a message of %zd bytes", got);
	if ((size_t)got != size)
		judge_fail(judge,
			   "the program wrote %zd bytes of its own to"
			   " the descriptor that belongs to the test",
			   got);
	memcpy(message, buffer, size);
	return ARRIVED;
}

struct message {
	enum judge_side side;
	void *to;
	size_t size;
	bool closed;
};

static bool message_came(struct judge *judge, void *data)
{
	struct message *message = data;
	enum arrival arrival = receive(judge, message->side, message->to,
				       message->size);

	message->closed = arrival == CLOSED;
	return arrival == ARRIVED;
}

static void message_sleep(struct judge *judge, void *data, uint64_t until_ns)
{
	const struct message *message = data;

	judge_sleep_until(judge, message->closed ? -1 : channel(message->side),
			  until_ns);
}

/* Calls begun so far; a test without a history has none. */
static uint64_t calls_begun(const struct judge *judge, void *data)
{
	size_t bytes = judge->history_bytes;
	uint64_t calls = 0;

	(void)data;
	if (bytes > 0 &&
	    history_progress(ASSAY_JUDGE_HISTORY_FD, bytes, &calls) < 0)
		judge_broken("history: it cannot be read");
	return calls;
}

enum judge_event judge_wait(struct judge *judge, enum judge_side side,
			    void *message, size_t size,
			    const struct judge_patience *patience)
{
	struct message wanted = { .side = side, .to = message, .size = size };
	const struct judge_awaited awaited = {
		.side = side,
		.patience = patience,
		.came = message_came,
		.sleep = message_sleep,
		.progress = calls_begun,
		.data = &wanted,
	};

	return judge_await(judge, &awaited);
}

void judge_history(struct judge *judge, struct history *ret)
{
	size_t bytes = judge->history_bytes;
	struct error err = { 0 };
	int r;

	r = history_load(ASSAY_JUDGE_HISTORY_FD, bytes, judge->started_ns, ret,
			 &err);
	if (r == -EBADMSG) {
		judge->stuck = false; /* that is another story */
		judge_fail(judge,
			   "the memory in which the test records the"
			   " calls was overwritten: %s",
			   err.text);
	}
	if (r < 0)
		judge_broken("%s", err.text);
}
