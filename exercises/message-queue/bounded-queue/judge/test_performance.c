/*
 * test_performance.c - the same work for the candidate and for the reference
 *
 * One thread puts and takes by turns on a queue that is nearly full: what the
 * calls themselves cost, not how well a machine runs threads side by side.
 * What counts is processor time, which a busy machine hardly changes, and the
 * rounds are in turn, so that whatever changes it falls on both. The kernel
 * tells the candidate's, asked for from outside; the reference's own word for
 * its own is good enough. PAR is the margin that the rest of the noise needs:
 * up to so many times the reference's time is full score.
 */
#include "tests.h"

#include <math.h>

#define PAR 1.5
#define ATTEMPTS 3
#define CAPACITY 1024
#define FIRST_ITEM 1000000

static void must_be(struct run *run, bool right)
{
	if (right)
		return;
	if (run->side == JUDGE_BASELINE)
		judge_broken("the reference solution lost items");
	judge_fail(run->judge, "items were lost or changed while one thread"
		   " put and took by turns");
}

/* A queue with room for one more item. */
static uint32_t prepare(struct run *run)
{
	struct command put = {
		.action = ACTION_PUT,
		.queue = run_queue(run, CAPACITY),
		.count = CAPACITY - 1,
		.timeout_ms = -1,
		.unrecorded = 1,
		.value = FIRST_ITEM,
	};
	struct ticket end = run_do(run, put, "it fills an empty queue");

	must_be(run, end.reply.count == put.count);
	return put.queue;
}

/*
 * What comes out are the items of the round before and then this one's.
 * Returns what the process says it has used by then.
 */
static uint32_t play_round(struct run *run, uint32_t queue, uint64_t from,
			   uint32_t items)
{
	struct command pairs = {
		.action = ACTION_PAIRS,
		.queue = queue,
		.count = items,
		.timeout_ms = -1,
		.unrecorded = 1,
		.value = from + CAPACITY - 1,
	};
	uint64_t sum = (2 * from + items - 1) * items / 2;
	struct ticket end;

	end = run_do(run, pairs, "one thread puts and takes by turns");
	must_be(run, end.reply.count == 2 * items && end.reply.value == sum);
	return end.reply.cpu_us;
}

/* Processor times of the same rounds, in microseconds. */
struct times {
	double theirs;
	double ours;
};

static struct times measure(struct run *run, uint32_t queue,
			    struct run *reference, uint32_t reference_queue,
			    uint64_t *from)
{
	json_int_t rounds = judge_param(run->judge, "rounds");
	uint32_t items = (uint32_t)judge_param(run->judge, "items");
	struct judge_probe before;
	struct judge_probe after;
	uint32_t ours_before;
	uint32_t ours = 0;
	json_int_t i;

	/* The first round warms up. */
	(void)play_round(run, queue, *from, items);
	ours_before = play_round(reference, reference_queue, *from, items);
	before = judge_probe(run->judge);
	for (i = 0; i < rounds; i++) {
		*from += items;
		(void)play_round(run, queue, *from, items);
		ours = play_round(reference, reference_queue, *from, items);
	}
	*from += items;
	after = judge_probe(run->judge);
	return (struct times){
		.theirs = (double)(after.cpu_us - before.cpu_us + 1),
		.ours = (double)(ours - ours_before + 1),
	};
}

/* From full score downwards without end; see README.md, "Points". */
static double score_of(const struct times *times)
{
	return log(4 * PAR * times->ours / times->theirs) / log(4);
}

/* Noise only ever adds, so the best of some attempts is the truest. */
double test_performance(struct run *run, struct run *reference)
{
	uint32_t queue = prepare(run);
	uint32_t reference_queue = prepare(reference);
	struct times best = { 0 };
	uint64_t from = FIRST_ITEM;
	struct times times;
	double score;
	unsigned i;

	for (i = 0; i < ATTEMPTS && (i == 0 || score_of(&best) < 1); i++) {
		times = measure(run, queue, reference, reference_queue, &from);
		if (i == 0 || score_of(&times) > score_of(&best))
			best = times;
	}
	run_free(run, queue);
	run_free(reference, reference_queue);
	judge_metric(run->judge, "cpu_time", best.theirs, "us");
	judge_metric(run->judge, "reference_cpu_time", best.ours, "us");
	score = score_of(&best);
	if (score <= 0) {
		judge_expected(run->judge, "less than %.0f us",
			       4 * PAR * best.ours);
		judge_actual(run->judge, "%.0f us", best.theirs);
		judge_fail(run->judge, "the same work took %.0f us of processor"
			   " time, and the reference solution %.0f us",
			   best.theirs, best.ours);
	}
	return score < 1 ? score : 1;
}
