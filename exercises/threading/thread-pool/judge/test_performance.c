/*
 * test_performance.c - the same work for the candidate and for the reference
 *
 * Waves of short tasks: one thread submits some, waits for all of them, and
 * frees their futures. What counts is processor time, which a busy machine
 * hardly changes, and the rounds are in turn, so that whatever changes it falls
 * on both. The kernel tells the candidate's, asked for from outside; the
 * reference's own word for its own is good enough. PAR is the margin that the
 * rest of the noise needs: up to so many times the reference's time is full
 * score.
 */
#include "tests.h"

#include <math.h>

#include "commands.h"
#include "facts.h"

#define PAR 3.0
#define ATTEMPTS 3

static const struct run_pool on = { 2, 2, 64, POOL_BLOCK };

/* Returns what the process says it has used by then. */
static uint32_t play_round(struct run *run, uint32_t waves, uint32_t width)
{
	struct command command = { .action = ACTION_WAVES,
				   .count = waves,
				   .value = width };
	struct ticket end;

	end = run_do(run, command,
		     "a thread submits short tasks, and waits"
		     " for them");
	if (end.reply.value == (uint64_t)waves * width * (width + 1) / 2)
		return end.reply.cpu_us;
	if (run->side == JUDGE_BASELINE)
		judge_broken("the reference solution lost tasks");
	judge_fail(run->judge,
		   "tasks were lost, or what they returned, while"
		   " one thread submitted them and waited for them");
}

/* Processor times of the same rounds, in microseconds. */
struct times {
	double theirs;
	double ours;
};

static struct times measure(struct run *run, struct run *reference)
{
	json_int_t rounds = judge_param(run->judge, "rounds");
	uint32_t waves = (uint32_t)judge_param(run->judge, "waves");
	uint32_t width = (uint32_t)judge_param(run->judge, "width");
	struct judge_probe before;
	struct judge_probe after;
	uint32_t ours_before;
	uint32_t ours = 0;
	json_int_t i;

	/* The first round warms up. */
	(void)play_round(run, waves, width);
	ours_before = play_round(reference, waves, width);
	before = judge_probe(run->judge);
	for (i = 0; i < rounds; i++) {
		(void)play_round(run, waves, width);
		ours = play_round(reference, waves, width);
	}
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

static void prepare(struct run *run)
{
	run_hello(run, 1);
	run_new(run, on);
}

static void give_back(struct run *run)
{
	(void)run_do(run, shut(0, 1, -1), "pool_shutdown() drains");
	run_free(run);
}

/* Noise only ever adds, so the best of some attempts is the truest. */
double test_performance(struct run *run, struct run *reference)
{
	struct times best = { 0 };
	struct times times;
	double score;
	unsigned i;

	prepare(run);
	prepare(reference);
	for (i = 0; i < ATTEMPTS && (i == 0 || score_of(&best) < 1); i++) {
		times = measure(run, reference);
		if (i == 0 || score_of(&times) > score_of(&best))
			best = times;
	}
	give_back(run);
	give_back(reference);
	judge_metric(run->judge, "cpu_time", best.theirs, "us");
	judge_metric(run->judge, "reference_cpu_time", best.ours, "us");
	score = score_of(&best);
	if (score <= 0) {
		judge_expected(run->judge, "less than %.0f us",
			       4 * PAR * best.ours);
		judge_actual(run->judge, "%.0f us", best.theirs);
		judge_fail(run->judge,
			   "the same work took %.0f us of processor"
			   " time, and the reference solution %.0f us",
			   best.theirs, best.ours);
	}
	return score < 1 ? score : 1;
}
