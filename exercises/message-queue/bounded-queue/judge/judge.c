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
	{ "sequential", test_sequential,
	  "every call returns what bq.h says" },
	{ "conservation", test_conservation,
	  "each item put is taken once, and what a thread put first comes out"
	  " first" },
	{ "no-deadlock", test_no_deadlock,
	  "as long as some put and some take could go on, one does" },
	{ "spurious", test_spurious,
	  "a wait that returns for no reason changes nothing" },
	{ "timeouts", test_timeouts,
	  "a timeout is an amount of time that passes, and a call that times"
	  " out takes nothing from another" },
	{ "close", test_close,
	  "closing wakes every call that waits; what is in the queue can"
	  " still be taken" },
	{ "races", test_races,
	  "no two threads touch the same memory without synchronization" },
	{ "idle", test_idle,
	  "a thread that waits uses no processor time" },
};

static void against_reference(struct judge *judge, struct run *run)
{
	struct run reference;
	double score;

	judge_property(judge, "calls cost about what the reference's cost");
	run_init(&reference, judge, JUDGE_BASELINE);
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
