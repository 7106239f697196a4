/*
 * test_explore.c - is what was recorded in one schedule right?
 *
 * The explorer chooses schedules and finds deadlocks, races and misuse of the
 * heap by itself. Whether the calls of a schedule returned what they may, and
 * tasks ran as they must, is asked here, of each history that differs from all
 * before.
 */
#include "tests.h"

#include <stdio.h>
#include <string.h>

#include "facts.h"
#include "judge_explore.h"
#include "pool_check.h"
#include "pool_history.h"
#include "scenarios.h"

static struct pool_facts find_facts(const char *scenario)
{
#define PLAYED(name, function, min, max, capacity, policy) \
	{ name, { max, capacity, policy, false, false } },
	static const struct {
		const char *scenario;
		struct pool_facts facts;
	} list[] = { POOL_SCENARIOS(PLAYED) };
#undef PLAYED
	size_t i;

	for (i = 0; i < sizeof list / sizeof list[0]; i++)
		if (strcmp(list[i].scenario, scenario) == 0)
			return list[i].facts;
	judge_broken("no scenario \"%s\"", scenario);
}

/* All scenarios end with a pool that was shut down and is gone. */
static bool all_returned(const struct history *calls)
{
	size_t i;

	for (i = 0; i < calls->count; i++)
		if (calls->calls[i].pending)
			return false;
	return true;
}

static bool check(void *data, const char *scenario,
		  const struct history *history, char *text, size_t size)
{
	struct pool_facts facts = find_facts(scenario);
	struct pool_finding finding = { .task = POOL_NO_TASK };
	uint32_t *task = data;
	struct history calls;
	bool right;

	*task = POOL_NO_TASK;
	if (!pool_calls(history, &calls)) {
		(void)snprintf(text, size,
			       "what was recorded is no history of"
			       " calls on a pool");
		return false;
	}
	facts.over = all_returned(&calls);
	right = pool_check(&calls, &facts, &finding);
	history_release(&calls);
	if (right)
		return true;
	*task = finding.task;
	(void)snprintf(text, size, "%s", finding.text);
	return false;
}

/* What the finding is about, or all. */
static void show(void *data, const struct history *history, json_t *lines)
{
	const uint32_t *task = data;
	struct history calls;

	if (!pool_calls(history, &calls))
		return;
	pool_check_select(&calls, *task);
	pool_show(calls.calls, calls.count, lines);
	history_release(&calls);
}

void test_explore(struct judge *judge)
{
	uint32_t task = POOL_NO_TASK;

	judge_explore(judge, check, show, &task);
}
