/* outcome.c - what comes of a search: see program.h */
#define _GNU_SOURCE
#include "program.h"

#include <errno.h>
#include <time.h>

#include "explorer_minimise.h"

#define BATCH_FIRST 100
#define BATCH_MAX 10000
#define BATCH_MS 200.0

static double now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Add @answer to @outcome, whose run is then the one that failed, if any. */
static void take_answer(struct explorer_answer *answer, struct outcome *outcome)
{
	const struct explore_reply *reply = &answer->reply;

	outcome->schedules += reply->schedules;
	outcome->steps += reply->steps;
	outcome->classes = reply->classes;
	outcome->histories += answer->count;
	if (reply->threads > outcome->threads)
		outcome->threads = reply->threads;
	outcome->unable += reply->outcome == EXPLORE_UNABLE;
	if (reply->outcome != EXPLORE_PASSED &&
	    reply->outcome != EXPLORE_UNABLE) {
		outcome->failed = true;
		outcome->run = answer->runs[answer->count - 1];
		answer->count--;
	}
}

void outcome_search(const struct options *options, struct program *program,
		    struct outcome *outcome)
{
	struct explore_command command = explorer_search(
		options->scenario, options->flags, options->steps_max);
	struct explorer_answer answer;
	struct error err = { 0 };
	double began = now_ms(), took;
	uint64_t batch = BATCH_FIRST;
	bool exhausted = false;

	command.strategy = options->strategy;
	while (outcome->schedules < options->budget && !outcome->failed &&
	       !exhausted) {
		uint64_t left = options->budget - outcome->schedules;

		command.seed = options->seed + outcome->schedules;
		command.schedules = batch < left ? batch : left;
		took = now_ms();
		if (explorer_ask(&program->explorer, &command, NULL, &answer,
				 &err) < 0)
			program_lost(program, &err);
		took = now_ms() - took;
		exhausted = answer.reply.exhausted;
		take_answer(&answer, outcome);
		explorer_answer_release(&answer);
		if (took < BATCH_MS / 2 && batch < BATCH_MAX)
			batch *= 2;
	}
	outcome->ms = now_ms() - began;
}

/* ---- replays ---- */

struct replaying {
	const struct options *options;
	struct program *program;
	uint32_t outcome;
};

static int replay_cb(void *data, const struct explorer_steps *steps,
		     bool lenient, struct explorer_run *ret, struct error *err)
{
	struct replaying *this = data;

	return explorer_replay(
		&this->program->explorer, this->options->scenario,
		this->options->flags | (lenient ? EXPLORE_LENIENT : 0),
		this->options->steps_max, steps, ret, err);
}

static bool fails_cb(void *data, const struct explorer_run *run)
{
	const struct replaying *this = data;

	return run->entry.outcome == this->outcome;
}

/* @steps once more, with its events. */
static bool again(const struct options *options, struct program *program,
		  const struct explorer_run *run, struct explorer_run *ret)
{
	struct error err = { 0 };

	if (explorer_replay(&program->explorer, options->scenario,
			    options->flags | EXPLORE_LOG, options->steps_max,
			    &run->steps, ret, &err) < 0)
		program_lost(program, &err);
	return explorer_run_same(run, ret);
}

void outcome_check_replay(const struct options *options,
			  struct program *program, struct outcome *outcome)
{
	struct replaying this = { options, program,
				  outcome->run.entry.outcome };
	const struct explorer_minimiser minimiser = {
		.replay = replay_cb,
		.fails = fails_cb,
		.data = &this,
		/* Each of those takes until the runtime's patience is over. */
		.attempts_max = outcome->run.entry.outcome == EXPLORE_UNSEEN
					? 1
					: EXPLORER_ATTEMPTS_MAX,
		.steps_max = EXPLORER_REPLAYED_MAX,
	};
	struct explorer_run small = { 0 }, whole = { 0 };
	struct program fresh;
	struct error err = { 0 };
	int r = explorer_minimise(&minimiser, &outcome->run, &small,
				  &outcome->attempts, &err);

	if (r < 0 && r != -ESTALE)
		program_lost(program, &err);
	outcome->same = r == 0;
	program_start(options, &fresh);
	outcome->fresh = again(options, &fresh, &outcome->run, &whole);
	if (r == 0) {
		outcome->minimal_preemptions = small.entry.preemptions;
		outcome->minimal_segments = small.entry.segments;
		outcome->fresh = outcome->fresh &&
				 again(options, &fresh, &small,
				       &outcome->minimal);
	}
	(void)program_stop(&fresh);
	explorer_run_release(&small);
	explorer_run_release(&whole);
}
