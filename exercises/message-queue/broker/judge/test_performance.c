/*
 * test_performance.c - the same work for the candidate and for the reference
 *
 * Messages are published, delivered, confirmed and acked, a window of them at a
 * time, by both in turn. While the clock runs the judge only hands texts over:
 * they are made before, and looked into afterwards. Whatever else a machine does
 * only ever adds to a time, so what counts is, of each window, the shortest of
 * some rounds: a window is short enough to be left alone in one of them. On a
 * busy machine it may not be; as long as points are missing, both play more.
 * PAR is the margin that the rest of the noise needs: up to so many times the
 * reference's time is full score.
 */
#include "tests.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

#define PAR 1.5
/* No further rounds for missing points after so many times the rounds, or so
 * much time in all. */
#define ROUNDS_TIMES_MAX 4
#define ROUNDS_NS_MAX 8000000000u
#define WINDOW 200
#define LINES (2 * WINDOW) /* a delivery and a confirm for each message */
#define WINDOWS_MAX 100    /* in a round */

struct side {
	struct dialogue *dialogue;
	unsigned last_seq;
	uint64_t best_ns[WINDOWS_MAX];
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

	*side = (struct side){ .dialogue = dialogue_start(judge, which) };
	memset(side->best_ns, 0xff, sizeof side->best_ns);
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

static void play_round(struct side *side, unsigned windows)
{
	uint64_t took_ns;
	unsigned i;

	for (i = 0; i < windows; i++) {
		took_ns = play_window(side);
		if (took_ns < side->best_ns[i])
			side->best_ns[i] = took_ns;
	}
}

static double best_ms(const struct side *side, unsigned windows)
{
	uint64_t sum_ns = 0;
	unsigned i;

	for (i = 0; i < windows; i++)
		sum_ns += side->best_ns[i];
	return (double)sum_ns / 1e6;
}

/* 1 up to PAR times the reference's time, 0 from four times that on. */
static double score_of(double their_ms, double our_ms)
{
	double score = log(4 * PAR * our_ms / their_ms) / log(4);

	return score < 1 ? score : 1;
}

/* Returns how many rounds both have played. */
static unsigned play(struct side *theirs, struct side *ours, unsigned rounds,
		     unsigned windows)
{
	uint64_t until_ns = history_now_ns() + ROUNDS_NS_MAX;
	unsigned played = 0;

	while (played < rounds || (played < rounds * ROUNDS_TIMES_MAX &&
				   score_of(best_ms(theirs, windows),
					    best_ms(ours, windows)) < 1 &&
				   history_now_ns() < until_ns)) {
		play_round(theirs, windows);
		play_round(ours, windows);
		played++;
	}
	return played;
}

void test_performance(struct judge *judge)
{
	unsigned rounds = (unsigned)judge_param(judge, "rounds");
	unsigned messages = (unsigned)judge_param(judge, "messages");
	unsigned windows = messages / WINDOW;
	struct side theirs;
	struct side ours;
	double their_ms;
	double our_ms;
	uint64_t syncs;
	double score;

	if (windows == 0 || windows > WINDOWS_MAX)
		judge_broken("messages: not 1 to 100 windows of 200");
	judge_property(judge, "messages pass at about the reference's pace");
	start(&theirs, judge, JUDGE_CANDIDATE);
	start(&ours, judge, JUDGE_BASELINE);
	rounds = play(&theirs, &ours, rounds, windows);
	syncs = dialogue_syncs(theirs.dialogue);
	dialogue_finish(ours.dialogue);
	dialogue_finish(theirs.dialogue);
	their_ms = best_ms(&theirs, windows);
	our_ms = best_ms(&ours, windows);
	score = score_of(their_ms, our_ms);
	judge_metric(judge, "time", their_ms, "ms");
	judge_metric(judge, "reference_time", our_ms, "ms");
	judge_metric(judge, "fsyncs_per_message",
		     (double)syncs / (rounds * windows * WINDOW), "");
	if (score <= 0) {
		judge_expected(judge, "less than %.1f ms", 4 * PAR * our_ms);
		judge_actual(judge, "%.1f ms", their_ms);
		judge_fail(judge,
			   "%u messages took %.1f ms, and the reference"
			   " solution %.1f ms; for %u messages in all, fsync()"
			   " or its like was called %" PRIu64 " times",
			   messages, their_ms, our_ms,
			   rounds * windows * WINDOW, syncs);
	}
	judge_pass(judge, score);
}
