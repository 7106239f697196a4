/*
 * judge_explore_inner.h - what the files of judge_explore.h share
 *
 * judge_explore.c searches by way of judge_explore_channel.c,
 * judge_explore_confirm.c sees whether a failure happens again,
 * judge_explore_tell.c says what it was.
 */
#ifndef ASSAY_KIT_JUDGE_EXPLORE_INNER_H
#define ASSAY_KIT_JUDGE_EXPLORE_INNER_H

#include <stdbool.h>
#include <stdint.h>

#include "judge_explore.h"

#include "explorer.h"
#include "explorer_run.h"
#include "explorer_trace.h"

#define EXPLORE_CANARY "explore-canary"

/* What went wrong, and where. */
struct judge_failure {
	const char *scenario;
	bool by_history; /* the schedule passed, its history did not */
	char text[JUDGE_EXPLORE_TEXT_MAX]; /* likewise: what is wrong with it */
	uint32_t outcome;
	uint32_t preemptions; /* of the schedule it was found with */
	uint32_t strategy;    /* likewise */
	uint64_t tried;       /* schedules until then; 0: it was not found but
				 given */
	struct explorer_run run; /* the schedule that is told */
	const char *remark;      /* on how far it happens again; NULL: fully */
};

struct judge_search {
	struct judge *judge;
	judge_explore_check check;
	judge_explore_show show;
	void *data;

	struct explorer candidate;
	struct explorer second; /* the same program in another process */
	int second_fd;

	uint32_t flags;
	uint32_t steps_max;
	uint64_t began_ns, until_ns; /* of the whole test */

	/* So far, over all scenarios. */
	uint64_t schedules;
	uint64_t steps;
	uint64_t classes;
	uint64_t histories;
	uint64_t unable;                /* schedules that decide nothing */
	struct judge_failure undecided; /* the first of them */
	uint64_t searched_ns;
	char property[192];
};

/* ---- judge_explore_channel.c ---- */

/** Set both explorers up; @search has to stay where it is. */
void judge_search_connect(struct judge_search *search);

/**
 * What an error of explorer_ask() with the candidate's process means: all of
 * them end the test.
 */
__attribute__((noreturn)) void judge_search_lost(struct judge_search *search,
						 const char *scenario, int r,
						 const struct error *err);

/**
 * End the test without a verdict if there is no @scenario, which is a mistake of
 * the exercise's. To be asked before any of the candidate's code has run, which
 * could say so instead.
 */
void judge_search_check_name(struct judge_search *search, const char *scenario);

/**
 * Whether a program that got @cpu_us of @wall_ns is late by its own doing. What
 * is asked of it takes a hundredth of the time that it has, so that even on a
 * machine that is busy with other things a tenth is no excuse.
 */
bool judge_search_is_slow(uint64_t cpu_us, uint64_t wall_ns);

/* ---- judge_explore.c ---- */

/** Whether @run neither fails nor goes well. */
bool judge_search_undecided(const struct explorer_run *run);

/** Whether @run fails; *ret then says how, but for its run. */
bool judge_search_fails(struct judge_search *search, const char *scenario,
			const struct explorer_run *run,
			struct judge_failure *ret);

/** The calls of @run; history_release() it. */
void judge_search_history(const struct explorer_run *run, struct history *ret);

/* ---- judge_explore_confirm.c ---- */

/**
 * See the failing @run happen again, here and in the second process, with as
 * few preemptions as possible; what is left is in failure->run. Does not
 * return when it does not happen again.
 */
void judge_search_confirm(struct judge_search *search,
			  struct judge_failure *failure,
			  const struct explorer_run *run);

/** Replay the parameter "replay" and end. */
__attribute__((noreturn)) void judge_search_replay(struct judge_search *search,
						   const char *text);

/* ---- judge_explore_tell.c ---- */

/** Write the story of @failure and end the test with it. */
__attribute__((noreturn)) void
judge_search_tell(struct judge_search *search,
		  const struct judge_failure *failure);

/** Write how much was searched, and how fast. */
void judge_search_metrics(const struct judge_search *search);

#endif
