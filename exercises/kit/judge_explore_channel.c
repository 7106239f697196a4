/*
 * judge_explore_channel.c - the explorer's two processes, as a judge talks to
 * them: see judge_explore_inner.h
 */
#define _GNU_SOURCE
#include "judge_explore.h"

#include <errno.h>
#include <stdlib.h>

#include "judge_explore_inner.h"
#include "judge_inner.h"

#define MS UINT64_C(1000000)
/* A runtime notices by itself when the program does nothing that it sees;
 * whoever keeps it from that is noticed here. */
#define REPLY_MS 20000
#define BUSY_NS (5000 * MS)
#define SLOW_SHARE 10

static int candidate_send(void *data, const void *message, size_t size)
{
	struct judge_search *search = data;

	judge_send(search->judge, JUDGE_CANDIDATE, message, size);
	return 0;
}

bool judge_search_is_slow(uint64_t cpu_us, uint64_t wall_ns)
{
	return cpu_us * 1000 >= wall_ns / SLOW_SHARE;
}

/* Time is over. Is it the program, or does the machine not let it? */
__attribute__((noreturn)) static void out_of_time(struct judge_search *search)
{
	struct judge *judge = search->judge;
	uint64_t before_us = judge_probe(judge).cpu_us;
	struct judge_probe after;

	judge_sleep_ms((unsigned)(BUSY_NS / MS));
	after = judge_probe(judge);
	if (after.alive &&
	    judge_search_is_slow(after.cpu_us - before_us, BUSY_NS))
		judge_fail(judge, "the program does not come back from a"
				  " schedule, and runs on and on where the"
				  " search cannot see it");
	judge_broken("the search had no answer in %d ms, and no processor"
		     " either",
		     REPLY_MS);
}

static int candidate_receive(void *data, void *message, size_t size,
			     uint64_t until_ns)
{
	struct judge_search *search = data;
	struct judge *judge = search->judge;
	const struct judge_patience patience = {
		.deadline_ns = until_ns,
		.stuck_from_ns = history_now_ns() + BUSY_NS,
	};

	switch (judge_wait(judge, JUDGE_CANDIDATE, message, size, &patience)) {
	case JUDGE_MESSAGE:
		return 0;
	case JUDGE_ENDED:
		return -EPIPE;
	case JUDGE_STUCK:
		judge_fail(judge, "the program sleeps in something that the"
				  " search cannot see, and never comes back");
	case JUDGE_TIMEOUT:
		break;
	}
	out_of_time(search);
}

void judge_search_lost(struct judge_search *search, const char *scenario, int r,
		       const struct error *err)
{
	if (r == -EPIPE)
		judge_fail(search->judge,
			   "%s while its schedules were searched, and a"
			   " scenario cannot do that: something in it gets"
			   " around the search",
			   judge_ending(search->judge));
	if (r == -EBADMSG)
		judge_fail(search->judge,
			   "the search's memory holds what its runtime does"
			   " not write, so something else has: %s",
			   err->text);
	/* it was there before any of the candidate's code had run */
	if (r == -ENOENT)
		judge_fail(search->judge,
			   "something answers in the search's stead: %s, it"
			   " says, and there was",
			   err->text);
	judge_broken("scenario %s: %s", scenario, err->text);
}

void judge_search_check_name(struct judge_search *search, const char *scenario)
{
	struct explore_command command = explorer_search(
		scenario, search->flags, search->steps_max);
	struct explorer_answer answer = { 0 };
	struct error err = { 0 };
	int r;

	command.schedules = 0;
	r = explorer_ask(&search->candidate, &command, NULL, &answer, &err);
	if (r == -ENOENT)
		judge_broken("test %s: %s", judge_test(search->judge),
			     err.text);
	if (r < 0)
		judge_search_lost(search, scenario, r, &err);
	explorer_answer_release(&answer);
}

void judge_search_connect(struct judge_search *search)
{
	const struct explorer_channel channel = {
		.send = candidate_send,
		.receive = candidate_receive,
		.data = search,
	};
	size_t bytes = search->judge->history_bytes;

	explorer_init(&search->candidate, channel, ASSAY_JUDGE_HISTORY_FD,
		      bytes);
	explorer_init(&search->second, explorer_channel_of(&search->second_fd),
		      ASSAY_JUDGE_BASELINE_HISTORY_FD, bytes);
	search->candidate.patience_ms = REPLY_MS;
	search->second.patience_ms = REPLY_MS;
}
