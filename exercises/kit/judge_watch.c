/* judge_watch.c - the candidate's program, watched: see judge.h */
#define _GNU_SOURCE /* nanosleep */
#include "judge.h"

#include <errno.h>
#include <time.h>

#include "judge_inner.h"

#define PROBE_EVERY_NS UINT64_C(20000000)
#define STUCK_PROBES 10
#define STUCK_CPU_US 2000    /* what may stir in that time */
#define TIMEOUT_LOOKS_MAX 16 /* a judge may well live by timeouts */

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

	judge->stuck = judge->late = false;
	for (;;) {
		judge_take_events(judge);
		if (awaited->came(judge, awaited->data))
			return JUDGE_MESSAGE;
		if (last) {
			judge->stuck = event == JUDGE_STUCK && judge->for_good;
			judge->late = event == JUDGE_TIMEOUT && deadline_ns > 0;
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

const char *judge_ending(const struct judge *judge)
{
	return judge->ending;
}

bool judge_ended_well(const struct judge *judge)
{
	return judge->ended_well;
}
