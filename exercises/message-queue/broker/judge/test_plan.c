/* test_plan.c - episodes of a plan: see plan.h, run.h */
#include "tests.h"

#include <stdlib.h>

#include "planner.h"
#include "run.h"

struct episode {
	struct judge *judge;
	const struct plan *plan;
	struct items items;
};

/* Send what was planned, a kill alone, a drain line by line. */
static void flush(struct run *run, struct planner *planner, bool by_line)
{
	struct script *burst = &planner->burst;
	size_t i;

	for (i = 0; by_line && i < burst->count; i++)
		run_burst(run, &burst->steps[i], 1);
	if (!by_line && burst->count > 0)
		run_burst(run, burst->steps, burst->count);
	burst->count = 0;
}

static void play(struct dialogue *dialogue, void *data, const size_t *items,
		 size_t count)
{
	const struct episode *episode = data;
	struct planner planner = { .plan = episode->plan,
				   .judge = episode->judge };
	struct run run;
	size_t i;

	run_begin(&run, episode->judge, dialogue);
	planner.model = &run.check->model;
	for (i = 0; i < count; i++) {
		const struct item *item = &episode->items.list[items[i]];
		bool alone = item->act == ACT_KILL || item->act == ACT_DRAIN;

		if (alone || item->act == ACT_SYNC)
			flush(&run, &planner, false);
		planner_add(&planner, *item);
		if (alone)
			flush(&run, &planner, true);
	}
	flush(&run, &planner, false);
	script_release(&planner.burst);
	run_end(&run);
}

void test_plan(struct judge *judge, const struct plan *plan)
{
	struct random random = random_from(judge_seed(judge));
	json_int_t episodes = judge_param(judge, "episodes");
	unsigned bursts = (unsigned)judge_param(judge, "bursts");
	unsigned lines = (unsigned)judge_param(judge, "lines");
	unsigned rehearsals = (unsigned)judge_param(judge, "rehearsals");
	struct episode episode = { .judge = judge, .plan = plan };
	struct dialogue *dialogue;

	judge_property(judge, plan->property);
	dialogue = dialogue_start(judge, JUDGE_CANDIDATE);
	while (episodes-- > 0) {
		plan_items(plan, &random, bursts, lines, &episode.items);
		dialogue_play(dialogue, episode.items.count, rehearsals, play,
			      &episode);
		free(episode.items.list);
	}
	dialogue_finish(dialogue);
	judge_pass(judge, 1.0);
}
