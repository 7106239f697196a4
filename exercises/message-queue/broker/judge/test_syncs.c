/*
 * test_syncs.c - no promise while what it promises is not on disk
 *
 * SIGKILL loses nothing that was written, synced or not; only a machine that
 * loses power does. So fsync() and its like are held: they do not return. What
 * was sent before cannot be durable then, and who confirms it did not wait.
 */
#include "tests.h"

#include "drain.h"

#define SETTLE_MS 250
#define LOOKS 8

/* What comes while syncs are held, until the broker waits for one. */
static void look(struct drain *drain)
{
	struct delivery delivery;
	struct event event;
	json_t *line;
	bool waits;
	unsigned i;

	for (i = 0; i < LOOKS; i++) {
		waits = dialogue_settle(drain->dialogue, SETTLE_MS) &&
			dialogue_syncs_held(drain->dialogue) > 0;
		while ((line = dialogue_poll(drain->dialogue, 0))) {
			event = event_read(drain->dialogue, line);
			if (event.kind == EVENT_CONFIRM)
				dialogue_fail(drain->dialogue,
					      "seq %" JSON_INTEGER_FORMAT " was"
					      " confirmed before an fsync() or"
					      " fdatasync() that began after it"
					      " was published had returned",
					      event.number);
			if (event.kind == EVENT_SYNCED)
				dialogue_fail(drain->dialogue,
					      "synced %" JSON_INTEGER_FORMAT
					      " came before"
					      " an fsync() or fdatasync() that"
					      " began after the acks before it"
					      " had returned",
					      event.number);
			(void)drain_take(drain, &event, &delivery);
		}
		if (waits)
			return;
	}
}

static void publish(struct drain *drain, unsigned lines)
{
	unsigned i;

	for (i = 0; i < lines; i++)
		drain_publish(drain, DRAIN_FIRST, 0);
}

/* Confirms wait; then all of them come. */
static void confirms(struct drain *drain, unsigned lines)
{
	dialogue_hold_syncs(drain->dialogue);
	publish(drain, lines);
	look(drain);
	dialogue_release_syncs(drain->dialogue);
	drain_sync(drain);
	drain_await_sync(drain);
}

/* A kill while they wait: nothing was promised. */
static void kill_held(struct drain *drain, unsigned lines)
{
	dialogue_hold_syncs(drain->dialogue);
	publish(drain, lines);
	look(drain);
	dialogue_release_syncs(drain->dialogue);
	drain_kill(drain);
	drain_all(drain, DRAIN_ARCHIVE);
}

/* The synced waits that comes after acks. */
static void acks(struct drain *drain, unsigned lines)
{
	struct delivery delivery;
	unsigned taken = 0;

	publish(drain, lines);
	drain_sync(drain);
	drain_await_sync(drain);
	drain_open(drain);
	drain_consume(drain, DRAIN_FIRST, lines);
	while (taken < lines) {
		if (!drain_next(drain, "it has messages to deliver", &delivery))
			continue;
		if (++taken == lines)
			dialogue_hold_syncs(drain->dialogue);
		drain_ack(drain, &delivery);
	}
	drain_sync(drain);
	look(drain);
	dialogue_release_syncs(drain->dialogue);
	drain_await_sync(drain);
	drain_kill(drain);
	drain_all(drain, DRAIN_ARCHIVE);
}

void test_syncs(struct judge *judge)
{
	json_int_t rounds = judge_param(judge, "rounds");
	unsigned lines = (unsigned)judge_param(judge, "lines");
	struct drain drain;

	judge_property(judge, "no confirm and no synced comes before what it"
			      " promises is durable");
	drain_init(&drain, judge);
	while (rounds-- > 0) {
		confirms(&drain, lines);
		kill_held(&drain, lines);
		acks(&drain, lines);
	}
	drain_pass(&drain);
}
