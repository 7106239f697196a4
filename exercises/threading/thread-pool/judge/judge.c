/* judge.c - which scenario a test is, and its end */
#include <string.h>

#include "judge.h"
#include "run.h"
#include "tests.h"

static const struct scenario {
	const char *name;
	void (*test)(struct run *run);
	const char *property;
} scenarios[] = {
	{ "once", test_once,
	  "each task that is accepted runs once, and its future says what it"
	  " returned" },
	{ "cancel", test_cancel,
	  "a task is cancelled or it has a result, never both and never"
	  " neither" },
	{ "shutdown", test_shutdown,
	  "a shutdown drains or cancels what is queued, waits for what runs,"
	  " and counts what it kept from running" },
	{ "nested", test_nested,
	  "tasks that wait for tasks come to their end, with a single thread" },
	{ "policies", test_policies,
	  "a submit to a full queue waits, fails or runs the task, as the"
	  " policy says" },
	{ "threads", test_threads,
	  "there are never fewer threads than min nor more than max, those"
	  " above min go when they are idle, and one that a task has ended is"
	  " replaced" },
	{ "freed", test_freed,
	  "a future may be freed at any time, and nothing is leaked" },
	{ "races", test_races,
	  "no two threads touch the same memory without synchronization, and"
	  " none touches what was freed" },
};

static void against_reference(struct judge *judge, struct run *run)
{
	struct run reference;
	double score;

	judge_property(judge, "tasks cost about what the reference's cost");
	run_init(&reference, judge, JUDGE_BASELINE);
	run->muted = reference.muted = 1;
	score = test_performance(run, &reference);
	run_quit(&reference);
	run_quit(run);
	judge_pass(judge, score);
}

int main(void)
{
	struct judge *judge = judge_start();
	const char *name = judge_param_text(judge, "scenario");
	struct run run;
	size_t i;

	if (strcmp(name, "explore") == 0)
		test_explore(judge);
	run_init(&run, judge, JUDGE_CANDIDATE);
	if (strcmp(name, "performance") == 0)
		against_reference(judge, &run);
	for (i = 0; i < sizeof scenarios / sizeof scenarios[0]; i++) {
		if (strcmp(name, scenarios[i].name) != 0)
			continue;
		judge_property(judge, scenarios[i].property);
		scenarios[i].test(&run);
		run_quit(&run);
		judge_pass(judge, 1.0);
	}
	judge_broken("no scenario \"%s\"", name);
}
