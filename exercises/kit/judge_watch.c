/* judge_watch.c - the candidate's program, watched: see judge.h */
#define _GNU_SOURCE /* MSG_TRUNC, nanosleep */
#include "judge.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "judge_inner.h"

#define MESSAGE_MAX 1024 /* a longer one is cut, and refused */
#define SEND_PATIENCE_NS UINT64_C(5000000000) /* for room in the channel */
#define PROBE_EVERY_NS UINT64_C(20000000)
#define STUCK_PROBES 10
#define STUCK_CPU_US 2000    /* what may stir in that time */
#define TIMEOUT_LOOKS_MAX 16 /* a judge may well live by timeouts */

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

struct judge_probe judge_probe(struct judge *judge)
{
	uint64_t until_ns = history_now_ns() + JUDGE_HARNESS_NS;

	judge->probed = false;
	judge_write_line(json_pack("{s:s}", "type", "probe"));
	while (!judge->probed && !judge->ended) {
		judge_take_events(judge);
		if (judge->probed || judge->ended)
			break;
		if (history_now_ns() > until_ns)
			judge_broken("no answer to a probe");
		judge_sleep_until(judge, -1, until_ns);
	}
	if (judge->ended)
		judge->probe.alive = false;
	return judge->probe;
}

/* Have the box note what every thread is doing. */
static void inspect(struct judge *judge)
{
	uint64_t until_ns = history_now_ns() + JUDGE_HARNESS_NS;

	judge->inspected = judge->inspected_alive = judge->for_good = false;
	judge_write_line(json_pack("{s:s}", "type", "threads"));
	while (!judge->inspected && !judge->ended) {
		judge_take_events(judge);
		if (judge->inspected || judge->ended)
			break;
		if (history_now_ns() > until_ns)
			judge_broken("no answer to a question for threads");
		judge_sleep_until(judge, -1, until_ns);
	}
}

/* How long the program has been seen asleep, over successive probes. */
struct watch {
	uint64_t next_ns;
	uint64_t cpu_us;   /* when it was first seen asleep */
	uint64_t progress; /* likewise */
	unsigned asleep;   /* probes in a row */
};

static struct watch watch_from(const struct judge_awaited *awaited)
{
	uint64_t soon_ns = history_now_ns() + PROBE_EVERY_NS;
	struct watch watch = { .next_ns = awaited->patience->stuck_from_ns };

	if (awaited->side == JUDGE_BASELINE)
		watch.next_ns = UINT64_MAX;
	if (watch.next_ns < soon_ns)
		watch.next_ns = soon_ns;
	return watch;
}

static bool watch_stuck(struct judge *judge,
			const struct judge_awaited *awaited,
			struct watch *watch)
{
	struct judge_probe probe = judge_probe(judge);
	uint64_t progress = awaited->progress(judge, awaited->data);

	watch->next_ns = history_now_ns() + PROBE_EVERY_NS;
	if (!probe.alive || probe.running > 0) {
		watch->asleep = 0;
		return false;
	}
	if (watch->asleep == 0 || progress != watch->progress ||
	    probe.cpu_us > watch->cpu_us + STUCK_CPU_US) {
		watch->cpu_us = probe.cpu_us;
		watch->progress = progress;
		watch->asleep = 0;
	}
	return ++watch->asleep >= STUCK_PROBES;
}

/* Asked when nothing has come: why there is no point in waiting on, if so. */
static bool give_up(struct judge *judge, const struct judge_awaited *awaited,
		    struct watch *watch, enum judge_event *ret)
{
	uint64_t now_ns = history_now_ns();

	if (judge->ended && awaited->side == JUDGE_CANDIDATE) {
		*ret = JUDGE_ENDED;
		return true;
	}
	if (now_ns >= awaited->patience->deadline_ns) {
		*ret = JUDGE_TIMEOUT;
		return true;
	}
	*ret = JUDGE_STUCK;
	return now_ns >= watch->next_ns && watch_stuck(judge, awaited, watch);
}

/* Like that before and after the look, with no progress in between. */
static bool stands_still_for_good(struct judge *judge,
				  const struct judge_awaited *awaited)
{
	uint64_t progress = awaited->progress(judge, awaited->data);
	unsigned running = judge_probe(judge).running;

	inspect(judge);
	running += judge_probe(judge).running;
	return judge->for_good && running == 0 && !judge->ended &&
	       awaited->progress(judge, awaited->data) == progress;
}

/*
 * A hang that began too late to be watched for long is one nevertheless, or
 * the verdict would depend on how fast the machine is.
 */
static enum judge_event look_after_timeout(struct judge *judge,
					   const struct judge_awaited *awaited)
{
	bool may_be_stuck = history_now_ns() >=
			    awaited->patience->stuck_from_ns;

	if (awaited->patience->deadline_ns == 0 ||
	    judge->timeout_looks == TIMEOUT_LOOKS_MAX)
		return JUDGE_TIMEOUT;
	judge->timeout_looks++;
	return stands_still_for_good(judge, awaited) && may_be_stuck
		       ? JUDGE_STUCK
		       : JUDGE_TIMEOUT;
}

/*
 * Before giving up for *@event, which may turn out to be another. False: the
 * program has just ended, which is what there is to wait for.
 */
static bool look_at_threads(struct judge *judge,
			    const struct judge_awaited *awaited,
			    enum judge_event *event)
{
	if (awaited->side != JUDGE_CANDIDATE)
		return true;
	if (*event == JUDGE_STUCK) {
		inspect(judge);
		return judge->inspected_alive && !judge->ended;
	}
	if (*event == JUDGE_TIMEOUT)
		*event = look_after_timeout(judge, awaited);
	return true;
}

enum judge_event judge_await(struct judge *judge,
			     const struct judge_awaited *awaited)
{
	uint64_t deadline_ns = awaited->patience->deadline_ns;
	struct watch watch = watch_from(awaited);
	enum judge_event event = JUDGE_TIMEOUT;
	bool last = false; /* one more look after deciding to give up */

	judge->stuck = false;
	for (;;) {
		judge_take_events(judge);
		if (awaited->came(judge, awaited->data))
			return JUDGE_MESSAGE;
		if (last) {
			judge->stuck = event == JUDGE_STUCK && judge->for_good;
			return event;
		}
		last = give_up(judge, awaited, &watch, &event);
		if (last)
			last = look_at_threads(judge, awaited, &event);
		else
			awaited->sleep(judge, awaited->data,
				       watch.next_ns < deadline_ns
					       ? watch.next_ns
					       : deadline_ns);
	}
}

/* ---- messages of a driver ---- */

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

bool judge_settle(struct judge *judge, unsigned most_ms)
{
	uint64_t until_ns = history_now_ns() + most_ms * UINT64_C(1000000);
	struct judge_probe probe;
	unsigned asleep = 0;

	while (asleep < 2) {
		judge_sleep_ms(1);
		probe = judge_probe(judge);
		if (!probe.alive || history_now_ns() > until_ns)
			return false;
		asleep = probe.running == 0 ? asleep + 1 : 0;
	}
	return true;
}

void judge_sleep_ms(unsigned ms)
{
	struct timespec time = {
		.tv_sec = ms / 1000,
		.tv_nsec = ms % 1000 * 1000000L,
	};

	while (nanosleep(&time, &time) != 0 && errno == EINTR)
		;
}

/* Answers to probes are in order with this. */
void judge_hold_syncs(struct judge *judge)
{
	judge_write_line(json_pack("{s:s}", "type", "hold-syncs"));
	(void)judge_probe(judge);
}

void judge_release_syncs(struct judge *judge)
{
	(void)judge;
	judge_write_line(json_pack("{s:s}", "type", "release-syncs"));
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

const char *judge_ending(const struct judge *judge)
{
	return judge->ending;
}

bool judge_ended_well(const struct judge *judge)
{
	return judge->ended_well;
}
