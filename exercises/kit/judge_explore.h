/*
 * judge_explore.h - a whole test of variant "explore", from its parameters to
 * its verdict
 *
 * The submission is linked with the explorer's runtime and runs scenarios
 * under schedules that are chosen here (explorer.h). A judge brings what it
 * knows about right and wrong histories; the rest is the same for every
 * exercise:
 *
 *	canary -> search, scenario by scenario -> canary -> pass
 *	              |
 *	              failure -> replay -> minimise -> replay in the second
 *	                         process -> fail, with its story
 *
 * A failure counts when it happened again, step by step, in another process.
 * A pass needs every schedule that was announced, and that a scenario known
 * to be wrong, the canary, failed in this very build. It is never a proof,
 * and its property should say so.
 *
 * Parameters of the test:
 *
 *	"scenarios"  names, in the order in which they are searched
 *	"budget"     schedules, spread evenly over the scenarios
 *	"races"      whether a data race is a failure; optional, true
 *	"steps_max"  operations of one schedule; optional, 20000
 *	"limit_ms"   optional, 60000: without a verdict past that, or a failure
 *	             if the program itself has used a tenth of it. Never a way
 *	             to pass with less
 *	"replay"     optional, a trace as explorer_trace.h writes it: that
 *	             schedule is replayed and told, and nothing else
 *
 * The files of the submission, for their lines, are looked for in
 * submission/ below the working folder, and its program as candidate; without
 * them the story is told without names.
 */
#ifndef ASSAY_KIT_JUDGE_EXPLORE_H
#define ASSAY_KIT_JUDGE_EXPLORE_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "history.h"
#include "judge.h"

#define JUDGE_EXPLORE_TEXT_MAX 512

/**
 * Whether @history, of one schedule of @scenario, is right. Stamps are those of
 * struct explore_call, by invoked_ns; a call that did not return is pending. Also
 * asked about schedules that did not end well, but those fail in any case.
 * false: wrong; @text, of @size bytes, then says what is and why, in one or
 * two sentences. Has to give the same answer for the same history, always.
 */
typedef bool (*judge_explore_check)(void *data, const char *scenario,
				    const struct history *history, char *text,
				    size_t size);

/** Append to @lines what a person should see of a failing history. */
typedef void (*judge_explore_show)(void *data, const struct history *history,
				   json_t *lines);

/** Run the test to its verdict. @show may be NULL. */
__attribute__((noreturn)) void judge_explore(struct judge *judge,
					     judge_explore_check check,
					     judge_explore_show show,
					     void *data);

#endif
