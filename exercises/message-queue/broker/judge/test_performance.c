/*
 * test_performance.c - the same work for the candidate and for the reference
 *
 * Messages are published, delivered, confirmed and acked, a window of them at a
 * time, by both in turn. While the clock runs the judge only hands texts over:
 * they are made before, and looked into afterwards. What counts is the
 * shortest of some rounds, as whatever else a machine does only ever adds to
 * it. PAR is the margin that the rest of the noise needs: up to so many times
 * the reference's time is full score.
 */
#include "tests.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

#define PAR 1.5
#define WINDOW 200
#define LINES (2 * WINDOW) /* a delivery and a confirm for each message */

struct side {
	struct dialogue *dialogue;
	unsigned last_seq;
	uint64_t best_ns;
	char *sent;        /* the lines of a window */
	char *came[LINES]; /* what came of it */
};

static void start(struct side *side, struct judge *judge, enum judge_side which)
{
	struct step declare = { .op = STEP_DECLARE,
				.queue = 1,
				.settings.limit = STEP_NO_LIMIT };
	struct step consume = {
		.op = STEP_CONSUME, .number = 1, .queue = 1, .prefetch = WINDOW
	};

	*side = (struct side){
		.dialogue = dialogue_start(judge, which),
		.best_ns = UINT64_MAX,
	};
	run_send(side->dialogue, &declare);
	run_send(side->dialogue, &consume);
}

static char *append(char *text, char *more)
{
	size_t length = text ? strlen(text) : 0;

	text = realloc(text, length + strlen(more) + 1);
	if (!text)
		judge_broken("out of memory");
	memcpy(text + length, more, strlen(more) + 1);
	free(more);
	return text;
}

/* Acks of the window before, and as many publishes. */
static void prepare(struct side *side)
{
	struct step ack = { .op = STEP_ACK, .number = 1 };
	struct step publish = { .op = STEP_PUBLISH, .queue = 1 };
	unsigned i;

	free(side->sent);
	side->sent = NULL;
	for (i = 0; i < WINDOW; i++) {
		ack.tag = side->last_seq - WINDOW + i + 1;
		publish.number = side->last_seq + i + 1;
		if (side->last_seq > 0)
			side->sent = append(side->sent, step_text(&ack));
		side->sent = append(side->sent, step_text(&publish));
	}
}

/* All is there, in order, and nothing else. */
static void look(struct side *side)
{
	struct event event;
	json_t *line;
	unsigned i;

	for (i = 0; i < LINES; i++) {
		line = json_loads(side->came[i], 0, NULL);
		if (!line)
			dialogue_fail(side->dialogue,
				      "the program wrote a line"
				      " that is not JSON: %s",
				      side->came[i]);
		event = event_read(side->dialogue, line);
		if (event.kind == EVENT_DELIVER) {
			side->last_seq++;
			if (event.seq != side->last_seq ||
			    event.tag != (json_int_t)side->last_seq)
				dialogue_fail(side->dialogue,
					      "message \"m%u\" has to be"
					      " delivered now, with this"
					      " number as its tag",
					      side->last_seq);
		} else if (event.kind != EVENT_CONFIRM || !event.ok) {
			dialogue_fail(side->dialogue, "only deliveries and"
						      " confirms have to come");
		}
		json_decref(event.line);
		free(side->came[i]);
	}
}

static uint64_t play_window(struct side *side)
{
	uint64_t from_ns;
	uint64_t took_ns;
	unsigned i;

	prepare(side);
	from_ns = history_now_ns();
	dialogue_send_text(side->dialogue, side->sent, strlen(side->sent));
	for (i = 0; i < LINES; i++)
		side->came[i] = strdup(dialogue_next_text(
			side->dialogue,
			"it has messages to deliver and to confirm", NULL));
	took_ns = history_now_ns() - from_ns;
	look(side);
	return took_ns;
}

static void play_round(struct side *side, unsigned messages)
{
	uint64_t took_ns = 0;
	unsigned i;

	for (i = 0; i < messages; i += WINDOW)
		took_ns += play_window(side);
	if (took_ns < side->best_ns)
		side->best_ns = took_ns;
}

void test_performance(struct judge *judge)
{
	json_int_t rounds = judge_param(judge, "rounds");
	unsigned messages = (unsigned)judge_param(judge, "messages");
	struct side theirs;
	struct side ours;
	double their_ms;
	double our_ms;
	unsigned sent = (unsigned)rounds * messages;
	uint64_t syncs;
	double score;

	judge_property(judge, "messages pass at about the reference's pace");
	start(&theirs, judge, JUDGE_CANDIDATE);
	start(&ours, judge, JUDGE_BASELINE);
	while (rounds-- > 0) {
		play_round(&theirs, messages);
		play_round(&ours, messages);
	}
	syncs = dialogue_syncs(theirs.dialogue);
	dialogue_finish(ours.dialogue);
	dialogue_finish(theirs.dialogue);
	their_ms = (double)theirs.best_ns / 1e6;
	our_ms = (double)ours.best_ns / 1e6;
	score = log(4 * PAR * our_ms / their_ms) / log(4);
	judge_metric(judge, "time", their_ms, "ms");
	judge_metric(judge, "reference_time", our_ms, "ms");
	judge_metric(judge, "fsyncs_per_message", (double)syncs / sent, "");
	if (score <= 0) {
		judge_expected(judge, "less than %.1f ms", 4 * PAR * our_ms);
		judge_actual(judge, "%.1f ms", their_ms);
		judge_fail(judge,
			   "%u messages took %.1f ms, and the reference"
			   " solution %.1f ms; for %u messages in all, fsync()"
			   " or its like was called %" PRIu64 " times",
			   messages, their_ms, our_ms, sent, syncs);
	}
	judge_pass(judge, score < 1 ? score : 1);
}
