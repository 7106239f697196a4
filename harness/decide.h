/*
 * decide.h - from what was seen in a run to its verdict
 */
#ifndef ASSAY_DECIDE_H
#define ASSAY_DECIDE_H

#include <stdbool.h>

#include <jansson.h>

#include <assay/box.h>

#include "boxthreads.h"
#include "exercise.h"
#include "result.h"

struct decide_input {
	const struct exercise_test *test;
	bool hooks_sanitizer;
	bool kept; /* a dialogue: what ends is its keeper */
	char *fault;        /* owned; a box died or could not start */
	char *judge_broken; /* owned; the judge broke its protocol */
	bool candidate_ran;
	bool judge_first; /* its verdict came before the candidate's end */
	struct box_result candidate;
	struct box_result judge;
	/* What the candidate's threads were doing at a limit or a crash, or
	 * when the judge last asked; owned. */
	struct boxthreads threads;
	bool asleep_for_good; /* when the judge last asked */
	/* borrowed */
	json_t *metrics;
	json_t *traces;
	json_t *verdict;
	int output_fd;
	int judge_log_fd;
};

void decide_input_release(struct decide_input *input);

/**
 * Fill @run but for its seed and .beside_us. First what only the host can be
 * blamed for; then a sanitizer's report; then a fail that the judge gave while
 * the program was running, because a program that finds its judge gone ends as
 * it likes; then how the program ended, which outranks whatever else the judge
 * said; then the judge's verdict. A fail because of a hang that only the
 * program could end itself is a deadlock, and one because the program of a
 * dialogue ended by itself, and badly, is a crash.
 */
void decide(const struct decide_input *input, struct test_run *run);

#endif
