/* judge.c - sums of a counter, against sums of its own */
#include <inttypes.h>
#include <string.h>

#include "judge.h"
#include "protocol.h"

#define PATIENCE_NS UINT64_C(4000000000)

static uint64_t deadline_ns;

static int64_t ask(struct judge *judge, enum action action, uint32_t count,
		   int64_t value)
{
	const struct command command = { action, count, value };
	const struct judge_patience patience = { deadline_ns, 0 };
	struct reply reply;

	judge_send(judge, JUDGE_CANDIDATE, &command, sizeof command);
	switch (judge_wait(judge, JUDGE_CANDIDATE, &reply, sizeof reply,
			   &patience)) {
	case JUDGE_MESSAGE:
		return reply.value;
	case JUDGE_STUCK:
		judge_fail(judge, "every thread sleeps");
	case JUDGE_ENDED:
		judge_fail(judge, "%s during a call", judge_ending(judge));
	case JUDGE_TIMEOUT:
		break;
	}
	judge_fail(judge, "out of time, and still busy");
}

static void expect_sum(struct judge *judge, int64_t sum, int64_t told)
{
	if (told == sum)
		return;
	judge_expected(judge, "%" PRId64, sum);
	judge_actual(judge, "%" PRId64, told);
	judge_fail(judge, "counter_get() returned %" PRId64 ", not %" PRId64,
		   told, sum);
}

/* What was recorded is what was asked for, and what was answered. */
static void check_history(struct judge *judge, size_t calls)
{
	struct history history;
	int64_t sum = 0;
	size_t i;

	judge_history(judge, &history);
	if (history.count != calls)
		judge_fail(judge, "%zu calls are recorded, %zu were made",
			   history.count, calls);
	for (i = 0; i < history.count; i++) {
		if (history.calls[i].kind == ACTION_ADD)
			sum += (int64_t)history.calls[i].argument;
		else if ((int64_t)history.calls[i].value != sum)
			judge_fail(judge, "a call is recorded that nobody made");
	}
	history_release(&history);
}

static void quit(struct judge *judge)
{
	const struct command command = { .action = ACTION_QUIT };
	const struct judge_patience patience = { deadline_ns, 0 };
	struct reply reply;

	judge_send(judge, JUDGE_CANDIDATE, &command, sizeof command);
	if (judge_wait(judge, JUDGE_CANDIDATE, &reply, sizeof reply,
		       &patience) != JUDGE_ENDED)
		judge_fail(judge, "it should have ended");
	if (!judge_ended_well(judge))
		judge_fail(judge, "all calls had returned, but then %s",
			   judge_ending(judge));
	judge_pass(judge, 1.0);
}

static void sums(struct judge *judge)
{
	struct random random = random_from(judge_seed(judge));
	json_int_t rounds = judge_param(judge, "rounds"), i;
	int64_t sum = 0, number;

	for (i = 0; i < rounds; i++) {
		number = random_between(&random, 1, 1000);
		sum += number;
		(void)ask(judge, ACTION_ADD, 0, number);
		expect_sum(judge, sum, ask(judge, ACTION_GET, 0, 0));
	}
	check_history(judge, 2 * (size_t)rounds);
}

static void together(struct judge *judge)
{
	json_int_t rounds = judge_param(judge, "rounds");

	(void)ask(judge, ACTION_TOGETHER, (uint32_t)rounds, 3);
	expect_sum(judge, 2 * 3 * rounds, ask(judge, ACTION_GET, 0, 0));
}

int main(void)
{
	struct judge *judge = judge_start();

	deadline_ns = history_now_ns() + PATIENCE_NS;
	judge_property(judge, "the sum is that of all numbers added");
	if (!ask(judge, ACTION_NEW, 0, 0))
		judge_fail(judge, "counter_new() returned NULL");
	if (strcmp(judge_param_text(judge, "scenario"), "sums") == 0)
		sums(judge);
	else
		together(judge);
	quit(judge);
}
