/* judge.c - which test it is */
#include <string.h>

#include "judge.h"
#include "tests.h"

static const struct {
	const char *name;
	void (*test)(struct judge *judge);
} tests[] = {
	{ "example", test_example },
	{ "scenes", test_scenes },
	{ "quality", test_quality },
	{ "latency", test_latency },
};

int main(void)
{
	struct judge *judge = judge_start();
	const char *name = judge_param_text(judge, "scenario");
	size_t i;

	for (i = 0; i < sizeof tests / sizeof tests[0]; i++)
		if (strcmp(name, tests[i].name) == 0)
			tests[i].test(judge);
	judge_broken("no scenario \"%s\"", name);
}
