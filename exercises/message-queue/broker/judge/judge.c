/* judge.c - which test it is */
#include <string.h>

#include "judge.h"
#include "plan.h"
#include "tests.h"

static const struct {
	const char *name;
	void (*test)(struct judge *judge);
} tests[] = {
	{ "example", test_example },
	{ "syncs", test_syncs },
	{ "crashes", test_crashes },
	{ "performance", test_performance },
};

int main(void)
{
	struct judge *judge = judge_start();
	const char *name = judge_param_text(judge, "scenario");
	const struct plan *plan = plan_find(name);
	size_t i;

	if (plan)
		test_plan(judge, plan);
	for (i = 0; i < sizeof tests / sizeof tests[0]; i++)
		if (strcmp(name, tests[i].name) == 0)
			tests[i].test(judge);
	judge_broken("no scenario \"%s\"", name);
}
