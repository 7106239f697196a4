/*
 * judge_explore_confirm.c - a failure, seen again: see judge_explore_inner.h
 *
 *	replayed here, made small -> small one replayed in the second process
 *	                             | not the same
 *	                             the one that was found, likewise
 *	                             | not the same
 *	                             three times here, and said so
 */
#include "judge_explore.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "explorer_minimise.h"
#include "judge_explore_inner.h"

#define TIMES_HERE 3

/* ---- replays ---- */

static int replay(struct judge_search *search, struct explorer *explorer,
		  const char *scenario, uint32_t flags,
		  const struct explorer_steps *steps, struct explorer_run *ret,
		  struct error *err)
{
	int r = explorer_replay(explorer, scenario, search->flags | flags,
				search->steps_max, steps, ret, err);

	if (r < 0 && explorer == &search->candidate)
		judge_search_lost(search, scenario, r, err);
	return r;
}

/* Whether @run happens again, exactly. *ret, with events, is then the
 * caller's to release. */
static bool happens_again(struct judge_search *search,
			  struct explorer *explorer, const char *scenario,
			  const struct explorer_run *run,
			  struct explorer_run *ret)
{
	struct explorer_run again = { 0 };
	struct error err = { 0 };
	int r = replay(search, explorer, scenario, EXPLORE_LOG, &run->steps,
		       &again, &err);

	if (r < 0 && r != -EPIPE && r != -ETIMEDOUT && r != -EBADMSG &&
	    r != -ENOENT)
		judge_broken("second process: %s", err.text);
	if (r == 0 && explorer_run_same(run, &again)) {
		*ret = again;
		return true;
	}
	explorer_run_release(&again);
	return false;
}

/* ---- making it small ---- */

struct minimising {
	struct judge_search *search;
	const struct judge_failure *failure;
};

static int replay_cb(void *data, const struct explorer_steps *steps,
		     bool lenient, struct explorer_run *ret, struct error *err)
{
	struct minimising *this = data;

	return replay(this->search, &this->search->candidate,
		      this->failure->scenario, lenient ? EXPLORE_LENIENT : 0,
		      steps, ret, err);
}

static bool is_same_failure(struct judge_search *search,
			    const struct judge_failure *failure,
			    const struct explorer_run *run,
			    struct judge_failure *ret)
{
	return judge_search_fails(search, failure->scenario, run, ret) &&
	       ret->outcome == failure->outcome &&
	       ret->by_history == failure->by_history;
}

static bool fails_cb(void *data, const struct explorer_run *run)
{
	struct minimising *this = data;
	struct judge_failure other;

	return is_same_failure(this->search, this->failure, run, &other);
}

/* false: it does not even replay here. */
static bool minimise(struct judge_search *search,
		     const struct judge_failure *failure,
		     const struct explorer_run *run, struct explorer_run *ret)
{
	struct minimising this = { .search = search, .failure = failure };
	const struct explorer_minimiser minimiser = {
		.replay = replay_cb,
		.fails = fails_cb,
		.data = &this,
		/* Each of those takes until the runtime's patience is over. */
		.attempts_max = failure->outcome == EXPLORE_UNSEEN
					? 1
					: EXPLORER_ATTEMPTS_MAX,
		.steps_max = EXPLORER_REPLAYED_MAX,
	};
	struct error err = { 0 };
	int r = explorer_minimise(&minimiser, run, ret, NULL, &err);

	if (r == -ESTALE)
		return false;
	if (r < 0)
		judge_broken("scenario %s: %s", failure->scenario, err.text);
	return true;
}

/* ---- confirming ---- */

/* The last resort: it has to happen here again and again. */
static void confirm_here(struct judge_search *search,
			 struct judge_failure *failure,
			 const struct explorer_run *run)
{
	unsigned i;

	for (i = 0; i < TIMES_HERE; i++) {
		explorer_run_release(&failure->run);
		if (!happens_again(search, &search->candidate,
				   failure->scenario, run, &failure->run))
			judge_fail(
				search->judge,
				"a schedule of scenario %s ended in \"%s\","
				" and did not when it was run once more:"
				" the program goes by something beside its"
				" schedule (random numbers, memory from"
				" before), so the search cannot vouch for it",
				failure->scenario,
				explore_outcome_name(failure->outcome));
	}
	failure->remark = "it happens each time in one process, and not in"
			  " another: the program depends on something beside"
			  " its schedule";
}

/* What is told has to be what is wrong with the run that is shown. */
static void retell(struct judge_search *search, struct judge_failure *failure)
{
	struct judge_failure shown;

	if (is_same_failure(search, failure, &failure->run, &shown))
		memcpy(failure->text, shown.text, sizeof failure->text);
}

void judge_search_confirm(struct judge_search *search,
			  struct judge_failure *failure,
			  const struct explorer_run *run)
{
	struct explorer_run small = { 0 };
	bool minimised = minimise(search, failure, run, &small);

	if (!(minimised &&
	      happens_again(search, &search->second, failure->scenario, &small,
			    &failure->run)) &&
	    !happens_again(search, &search->second, failure->scenario, run,
			   &failure->run))
		confirm_here(search, failure, minimised ? &small : run);
	explorer_run_release(&small);
	retell(search, failure);
}

/* ---- a trace that was given ---- */

static void replay_trace(struct judge_search *search,
			 const struct explorer_trace *trace,
			 struct judge_failure *failure)
{
	struct explorer *candidate = &search->candidate;
	struct error err = { 0 };

	(void)replay(search, candidate, trace->scenario, EXPLORE_LOG,
		     &trace->steps, &failure->run, &err);
	if (failure->run.entry.outcome != EXPLORE_DIVERGED)
		return;
	explorer_run_release(&failure->run);
	failure->remark = "the program is not the one that the trace was made"
			  " with; this is what comes closest to it";
	(void)replay(search, candidate, trace->scenario,
		     EXPLORE_LOG | EXPLORE_LENIENT, &trace->steps,
		     &failure->run, &err);
}

void judge_search_replay(struct judge_search *search, const char *text)
{
	struct judge_failure failure = { 0 };
	struct judge_failure found = { 0 };
	struct explorer_trace trace;
	struct error err = { 0 };

	if (explorer_trace_parse(text, &trace, &err) < 0)
		judge_broken("replay: %s", err.text);
	search->flags = trace.flags;
	search->steps_max = trace.steps_max;
	judge_search_check_name(search, trace.scenario);
	replay_trace(search, &trace, &failure);
	if (!judge_search_undecided(&failure.run) &&
	    !judge_search_fails(search, trace.scenario, &failure.run, &found)) {
		judge_property(search->judge,
			       "the schedule that was replayed goes well");
		judge_pass(search->judge, 1);
	}
	found.scenario = trace.scenario;
	found.run = failure.run;
	found.remark = failure.remark;
	judge_search_tell(search, &found);
}
