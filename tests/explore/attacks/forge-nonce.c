/*
 * forge-nonce.c - looks for the command in the explorer's memory, and answers
 * it, nonce and number of schedules and all
 */
#include "maps.h"

#include <assay/explore.h>

static struct mapping list[MAPS_MAX];

static __attribute__((no_sanitize("thread"))) bool
is_command(const struct explore_command *command)
{
	return (command->action == EXPLORE_SEARCH ||
		command->action == EXPLORE_REPLAY) &&
	       command->strategy < EXPLORE_STRATEGY_MAX &&
	       command->segments <= EXPLORE_SEGMENTS_MAX &&
	       command->scenario[0] == 'm' && command->scenario[1] == 'a';
}

static void answer(const struct explore_command *command)
{
	struct explore_reply reply = {
		.nonce = command->nonce,
		.outcome = EXPLORE_PASSED,
		.schedules = command->schedules,
		.steps = command->schedules * 20,
		.classes = 4,
		.threads = 3,
	};

	attack_call(SYS_write, ATTACK_CHANNEL_FD, (long)&reply, sizeof(reply),
		    0);
}

/* Without hooks: it reads every word of the process. */
static __attribute__((no_sanitize("thread"))) void run(void)
{
	int count = maps_guess(list);

	for (int i = 0; i < count; i++)
		for (char *at = list[i].begin;
		     at + sizeof(struct explore_command) <= list[i].end;
		     at += sizeof(uint64_t))
			if (is_command((const void *)at))
				answer((const void *)at);
	attack_bug();
}

ATTACK_MAIN(run);
