/*
 * test_performance.c - the same dialogue with the candidate and the reference
 *
 * Stretches of it are held with one and the other in turn, so that whatever
 * makes the machine slow falls on both; the median of the ratios counts. PAR is
 * the margin that the rest of the noise needs.
 */
#include "tests.h"

#include <math.h>
#include <stdlib.h>

#include "talk.h"
#include "walk.h"

#define PAR 1.5
#define ROUNDS_MAX 15

static int by_size(const void *a, const void *b)
{
	double left = *(const double *)a;
	double right = *(const double *)b;

	return (left > right) - (left < right);
}

static void write_script(struct judge *judge, struct script *script)
{
	struct writer writer = {
		.judge = judge,
		.random = random_from(judge_seed(judge)),
		.script = script,
	};

	script_init(script);
	walk(&writer, &(struct mix){ .act = 45,
				     .done = 45,
				     .stale = 10,
				     .actions = "start stop pause unpause"
						" suspend resume",
				     .interrupts = "any" });
}

void test_performance(struct judge *judge)
{
	struct dialogue *theirs = dialogue_start(judge, JUDGE_CANDIDATE);
	struct dialogue *ours = dialogue_start(judge, JUDGE_BASELINE);
	size_t rounds = (size_t)judge_param(judge, "rounds");
	double ratios[ROUNDS_MAX];
	struct script script;
	double ratio, score;
	size_t i, from, until;

	judge_property(judge, "operations cost about what the reference's"
			      " cost, however many machines there are");
	if (rounds > ROUNDS_MAX)
		judge_broken("more than %d rounds", ROUNDS_MAX);
	write_script(judge, &script);
	for (i = 0; i < rounds; i++) {
		from = script.count * i / rounds;
		until = script.count * (i + 1) / rounds;
		ratios[i] = (double)talk_at_once(theirs, &script, from, until) /
			    (double)talk_at_once(ours, &script, from, until);
	}
	dialogue_finish(theirs);
	qsort(ratios, rounds, sizeof *ratios, by_size);
	ratio = ratios[rounds / 2];
	judge_metric(judge, "time_of_reference", ratio, "times");
	judge_metric(judge, "lines", (double)script.count, "");
	score = log(4 * PAR / ratio) / log(4);
	if (score <= 0) {
		judge_expected(judge,
			       "less than %.1f times the time of the"
			       " reference",
			       4 * PAR);
		judge_actual(judge, "%.1f times", ratio);
		judge_fail(judge,
			   "the same lines took %.1f times as long as"
			   " with the reference solution",
			   ratio);
	}
	judge_pass(judge, score < 1 ? score : 1);
}
