/*
 * test_performance.c - the same work for the candidate and for the reference
 *
 * Messages are published, delivered, confirmed and acked, a window of them at a
 * time, by both in turn. What counts is the shortest of some rounds: whatever
 * else a machine does only ever adds to it. PAR is the margin that the rest
 * of the noise needs: up to so many times the reference's time is full score.
 */
#include "tests.h"

#include <math.h>

#include "run.h"

#define PAR 1.5
#define WINDOW 100

struct side {
	struct judge *judge;
	struct dialogue *dialogue;
	unsigned last_seq;
	unsigned last_tag;
	uint64_t best_ns;
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
		.judge = judge,
		.dialogue = dialogue_start(judge, which),
		.best_ns = UINT64_MAX,
	};
	run_send(side->dialogue, &declare);
	run_send(side->dialogue, &consume);
}

/* One line; deliveries are in order, and on channel 1. */
static void take(struct side *side)
{
	struct event event = run_next(side->dialogue,
				      "it has messages to"
				      " deliver and to confirm");

	if (event.kind == EVENT_DELIVER) {
		side->last_tag++;
		if (event.seq != side->last_tag ||
		    event.tag != (json_int_t)side->last_tag)
			dialogue_fail(side->dialogue,
				      "message \"m%u\" has to"
				      " be delivered now, with this number as"
				      " its tag",
				      side->last_tag);
	} else if (event.kind != EVENT_CONFIRM || !event.ok) {
		dialogue_fail(side->dialogue, "only deliveries and confirms"
					      " have to come");
	}
	json_decref(event.line);
}

static void window(struct side *side)
{
	struct step ack = { .op = STEP_ACK, .number = 1, .multiple = true };
	unsigned i;

	for (i = 0; i < WINDOW; i++) {
		struct step publish = { .op = STEP_PUBLISH,
					.queue = 1,
					.number = ++side->last_seq };

		run_send(side->dialogue, &publish);
	}
	for (i = 0; i < 2 * WINDOW; i++)
		take(side);
	ack.tag = side->last_tag;
	run_send(side->dialogue, &ack);
}

static void play_round(struct side *side, unsigned messages)
{
	uint64_t from_ns = history_now_ns();
	uint64_t took_ns;
	unsigned i;

	for (i = 0; i < messages; i += WINDOW)
		window(side);
	took_ns = history_now_ns() - from_ns;
	if (took_ns < side->best_ns)
		side->best_ns = took_ns;
}

void test_performance(struct judge *judge)
{
	json_int_t rounds = judge_param(judge, "rounds");
	unsigned messages = (unsigned)judge_param(judge, "messages");
	struct side theirs;
	struct side ours;
	double ratio;
	double score;

	judge_property(judge, "messages pass at about the reference's pace");
	start(&theirs, judge, JUDGE_CANDIDATE);
	start(&ours, judge, JUDGE_BASELINE);
	while (rounds-- > 0) {
		play_round(&theirs, messages);
		play_round(&ours, messages);
	}
	dialogue_finish(ours.dialogue);
	dialogue_finish(theirs.dialogue);
	ratio = (double)theirs.best_ns / (double)ours.best_ns;
	score = log(4 * PAR / ratio) / log(4);
	judge_metric(judge, "time", (double)theirs.best_ns / 1e6, "ms");
	judge_metric(judge, "reference_time", (double)ours.best_ns / 1e6, "ms");
	if (score <= 0) {
		judge_expected(judge, "less than %.1f ms",
			       4 * PAR * (double)ours.best_ns / 1e6);
		judge_actual(judge, "%.1f ms", (double)theirs.best_ns / 1e6);
		judge_fail(judge,
			   "%u messages took %.1f ms, and the reference"
			   " solution %.1f ms",
			   messages, (double)theirs.best_ns / 1e6,
			   (double)ours.best_ns / 1e6);
	}
	judge_pass(judge, score < 1 ? score : 1);
}
