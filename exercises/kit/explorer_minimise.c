/* explorer_minimise.c - see explorer_minimise.h */
#include "explorer_minimise.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

/* What becomes of the operations of a segment that is left out. */
enum fate { LOST, LATER, EARLIER, FATES };

struct work {
	const struct explorer_minimiser *minimiser;
	struct explorer_run best;
	unsigned attempts;
	uint64_t steps; /* replayed */
	bool over;      /* no more replays */
	/* The schedule to try next. */
	struct explore_segment segments[EXPLORE_SEGMENTS_MAX];
	struct explore_choice choices[EXPLORE_CHOICES_MAX];
	struct explorer_steps next;
};

/* ---- what is less ---- */

/* Forced timeouts, wake-ups and choices are what a reader has to be told one
 * by one, after preemptions. */
static uint32_t oddities(const struct explorer_run *run)
{
	uint32_t count = run->steps.choice_count;
	uint32_t i;

	for (i = 0; i < run->steps.segment_count; i++)
		count += run->steps.segments[i].flags != 0;
	return count;
}

static bool is_less(const struct explorer_run *left,
		    const struct explorer_run *right)
{
	uint32_t odd_left = oddities(left), odd_right = oddities(right);

	if (left->entry.preemptions != right->entry.preemptions)
		return left->entry.preemptions < right->entry.preemptions;
	if (odd_left != odd_right)
		return odd_left < odd_right;
	if (left->steps.segment_count != right->steps.segment_count)
		return left->steps.segment_count < right->steps.segment_count;
	return left->entry.steps < right->entry.steps;
}

/* ---- one attempt ---- */

static bool replay(struct work *work, const struct explorer_steps *steps,
		   bool lenient, struct explorer_run *ret)
{
	const struct explorer_minimiser *minimiser = work->minimiser;

	if (work->over || work->attempts >= minimiser->attempts_max ||
	    work->steps >= minimiser->steps_max) {
		work->over = true;
		return false;
	}
	work->attempts++;
	work->over = minimiser->replay(minimiser->data, steps, lenient, ret,
				       NULL) < 0;
	if (!work->over)
		work->steps += ret->entry.steps;
	return !work->over;
}

/* Whether @run is less than the best so far, and happens again. */
static bool is_better(struct work *work, const struct explorer_run *run)
{
	struct explorer_run again = { 0 };
	bool better;

	if (!work->minimiser->fails(work->minimiser->data, run) ||
	    !is_less(run, &work->best))
		return false;
	better = replay(work, &run->steps, false, &again) &&
		 explorer_run_same(run, &again);
	explorer_run_release(&again);
	return better;
}

/* Try work->next. true: what came of it is the best now. */
static bool attempt(struct work *work)
{
	struct explorer_run run = { 0 };

	work->next.segments = work->segments;
	work->next.choices = work->choices;
	if (!replay(work, &work->next, true, &run))
		return false;
	if (!is_better(work, &run)) {
		explorer_run_release(&run);
		return false;
	}
	explorer_run_release(&work->best);
	work->best = run;
	return true;
}

/* Begin work->next as a copy of the best. */
static void start_over(struct work *work)
{
	const struct explorer_steps *steps = &work->best.steps;

	work->next = *steps;
	if (steps->segment_count)
		memcpy(work->segments, steps->segments,
		       steps->segment_count * sizeof *steps->segments);
	if (steps->choice_count)
		memcpy(work->choices, steps->choices,
		       steps->choice_count * sizeof *steps->choices);
}

/* ---- leaving segments out ---- */

/* Hand the operations of the segments [from, to) on to the next segment of
 * their thread behind them. */
static void do_later(struct work *work, uint32_t from, uint32_t to)
{
	uint32_t ops[EXPLORE_THREADS_MAX] = { 0 };
	uint32_t i;

	for (i = from; i < to; i++)
		ops[work->segments[i].thread] += work->segments[i].ops;
	for (i = to; i < work->next.segment_count; i++) {
		struct explore_segment *segment = &work->segments[i];

		if (segment->flags)
			continue;
		segment->ops += ops[segment->thread];
		ops[segment->thread] = 0;
	}
}

/* Likewise, to the last one of their thread before them. */
static void do_earlier(struct work *work, uint32_t from, uint32_t to)
{
	uint32_t ops[EXPLORE_THREADS_MAX] = { 0 };
	uint32_t i;

	for (i = from; i < to; i++)
		ops[work->segments[i].thread] += work->segments[i].ops;
	for (i = from; i-- > 0;) {
		struct explore_segment *segment = &work->segments[i];

		if (segment->flags)
			continue;
		segment->ops += ops[segment->thread];
		ops[segment->thread] = 0;
	}
}

static bool leave_out(struct work *work, uint32_t from, uint32_t to,
		      enum fate fate)
{
	uint32_t count = work->best.steps.segment_count;

	start_over(work);
	if (fate == LATER)
		do_later(work, from, to);
	else if (fate == EARLIER)
		do_earlier(work, from, to);
	memmove(&work->segments[from], &work->segments[to],
		(count - to) * sizeof *work->segments);
	work->next.segment_count -= to - from;
	return attempt(work);
}

/* Groups of @size, from the last to the first. What comes after a failure's
 * cause goes first and takes most with it. */
static void drop_segments(struct work *work, uint32_t size, enum fate fate)
{
	uint32_t to = work->best.steps.segment_count;

	while (to > 0 && !work->over) {
		uint32_t from = to > size ? to - size : 0;

		if (!leave_out(work, from, to, fate))
			to = from;
		else if (to > work->best.steps.segment_count)
			to = work->best.steps.segment_count;
	}
}

static void fewer_segments(struct work *work)
{
	uint32_t size = (work->best.steps.segment_count + 1) / 2;
	enum fate fate;

	for (; size > 0 && !work->over; size /= 2)
		for (fate = LOST; fate < FATES; fate++)
			drop_segments(work, size, fate);
}

/* ---- choices ---- */

static bool choose_less(struct work *work, uint32_t from, uint32_t to)
{
	uint32_t count = work->best.steps.choice_count;

	start_over(work);
	memmove(&work->choices[from], &work->choices[to],
		(count - to) * sizeof *work->choices);
	work->next.choice_count -= to - from;
	return attempt(work);
}

static void fewer_choices(struct work *work)
{
	uint32_t size = work->best.steps.choice_count;

	for (; size > 0 && !work->over; size /= 2) {
		uint32_t to = work->best.steps.choice_count;

		while (to > 0 && !work->over) {
			uint32_t from = to > size ? to - size : 0;

			if (!choose_less(work, from, to))
				to = from;
			else if (to > work->best.steps.choice_count)
				to = work->best.steps.choice_count;
		}
	}
}

/* ---- steps ---- */

static bool shorten(struct work *work, uint32_t at, uint32_t by)
{
	start_over(work);
	work->segments[at].ops -= by;
	return attempt(work);
}

/* A loop that waits needs no more than one round of it. */
static void fewer_steps(struct work *work)
{
	uint32_t at, by;

	for (at = 0; at < work->best.steps.segment_count; at++)
		for (by = work->best.steps.segments[at].ops / 2; by > 0;) {
			if (work->over)
				return;
			if (!shorten(work, at, by))
				by /= 2;
			if (at >= work->best.steps.segment_count)
				return;
			if (by >= work->best.steps.segments[at].ops)
				by = work->best.steps.segments[at].ops / 2;
		}
}

/* ---- all of it ---- */

static void make_less(struct work *work)
{
	struct explore_entry before;

	do {
		before = work->best.entry;
		fewer_segments(work);
		fewer_choices(work);
		fewer_steps(work);
	} while (!work->over &&
		 memcmp(&before, &work->best.entry, sizeof before) != 0);
}

int explorer_minimise(const struct explorer_minimiser *minimiser,
		      const struct explorer_run *original,
		      struct explorer_run *ret, unsigned *attempts,
		      struct error *err)
{
	AUTO_FREE struct work *work = calloc(1, sizeof *work);
	int r;

	if (!work)
		return error_set(err, ENOMEM, "out of memory");
	work->minimiser = minimiser;
	work->attempts = 1;
	r = minimiser->replay(minimiser->data, &original->steps, false,
			      &work->best, err);
	if (r < 0)
		return r;
	if (!explorer_run_same(original, &work->best) ||
	    !minimiser->fails(minimiser->data, &work->best)) {
		explorer_run_release(&work->best);
		return error_set(err, ESTALE,
				 "the schedule went another way when it was"
				 " replayed");
	}
	make_less(work);
	*ret = work->best;
	if (attempts)
		*attempts = work->attempts;
	return 0;
}
