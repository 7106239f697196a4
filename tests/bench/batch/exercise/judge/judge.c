/* judge.c - the same numbers, sorted by somebody else */
#include <stdlib.h>

#include "judge.h"
#include "protocol.h"

#define PATIENCE_NS UINT64_C(10000000000)

static int by_size(const void *left, const void *right)
{
	const uint32_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

static uint32_t expected(const struct command *command)
{
	uint32_t *numbers = calloc(command->count, sizeof *numbers);
	uint32_t state = command->seed, sum = 0, i;

	if (!numbers)
		judge_broken("no memory");
	for (i = 0; i < command->count; i++)
		numbers[i] = next_number(&state);
	qsort(numbers, command->count, sizeof *numbers, by_size);
	for (i = 0; i < command->count; i++)
		sum = mix(sum, numbers[i]);
	free(numbers);
	return sum;
}

int main(void)
{
	struct judge *judge = judge_start();
	const struct judge_patience patience = {
		.deadline_ns = history_now_ns() + PATIENCE_NS,
		.stuck_from_ns = UINT64_MAX, /* nobody in "plain" to ask */
	};
	struct command command = {
		.count = (uint32_t)judge_param(judge, "count"),
		.seed = (uint32_t)judge_seed(judge),
	};
	json_int_t rounds = judge_param(judge, "rounds");
	struct reply reply;

	judge_property(judge, "the numbers are in order");
	for (; rounds > 0; rounds--, command.seed++) {
		judge_send(judge, JUDGE_CANDIDATE, &command, sizeof command);
		if (judge_wait(judge, JUDGE_CANDIDATE, &reply, sizeof reply,
			       &patience) != JUDGE_MESSAGE)
			judge_fail(judge, "no answer");
		if (reply.sum != expected(&command))
			judge_fail(judge, "%u numbers are out of order",
				   command.count);
	}
	judge_pass(judge, 1.0);
}
