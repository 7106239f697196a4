/* judge.c - which scenario a test is, and its end */
#include <string.h>

#include "talk.h"
#include "tests.h"

static const struct scenario {
	const char *name;
	void (*write)(struct writer *writer);
	const char *property;
} scenarios[] = {
	{ "example", test_example,
	  "the example of README.md comes out as it stands there" },
	{ "sequences", test_sequences,
	  "every operation goes from phase to phase and ends in the state that"
	  " its row says, whether it ends well or fails" },
	{ "stale", test_stale,
	  "only a done of the newest token of an operation that goes on"
	  " changes anything" },
	{ "commit", test_commit,
	  "what was checked is compared again at the moment of the change" },
	{ "delete", test_delete,
	  "a delete is accepted whatever goes on, and what it interrupted"
	  " never changes anything any more" },
	{ "lock", test_lock,
	  "locks, administrators and hosts that are down decide who may do"
	  " what" },
	{ "restart", test_restart,
	  "a host that restarts settles the tasks of its machines" },
	{ "power", test_power,
	  "a power report is believed only where nothing goes on" },
};

__attribute__((noreturn)) static void play(struct judge *judge,
					   const struct scenario *scenario)
{
	struct dialogue *dialogue = dialogue_start(judge, JUDGE_CANDIDATE);
	struct script script;
	struct writer writer = {
		.judge = judge,
		.random = random_from(judge_seed(judge)),
		.script = &script,
	};

	judge_property(judge, scenario->property);
	script_init(&script);
	scenario->write(&writer);
	talk(dialogue, &script);
	dialogue_finish(dialogue);
	judge_metric(judge, "lines", (double)script.count, "");
	script_release(&script);
	judge_pass(judge, 1.0);
}

int main(void)
{
	struct judge *judge = judge_start();
	const char *name = judge_param_text(judge, "scenario");
	size_t i;

	if (strcmp(name, "accept") == 0)
		test_accept(judge);
	if (strcmp(name, "refuse") == 0)
		test_refuse(judge);
	if (strcmp(name, "performance") == 0)
		test_performance(judge);
	for (i = 0; i < sizeof scenarios / sizeof scenarios[0]; i++)
		if (strcmp(name, scenarios[i].name) == 0)
			play(judge, &scenarios[i]);
	judge_broken("no scenario \"%s\"", name);
}
