/*
 * trace.c - a schedule as it was, and a schedule as it shall be
 *
 * A trace says nothing of strategies: which thread runs for how many of its
 * operations, when a timeout passes or a wait returns for no reason, and which
 * way an operation went that had several.
 */
#include "runtime.h"

#define SPINNING (EXPLORE_SEGMENTS_MAX / 2) /* operations */

/*
 * The trace is full. With nothing changed for that long the schedule is one that
 * spins, and more of it would be no different; else it may just be a long one.
 */
static _Noreturn void too_long(const struct fiber *fiber, const char *text)
{
	if (rt->steps - rt->effect_step > SPINNING)
		finding_fail(EXPLORE_LIVELOCK, 0, fiber->op.pc, NULL);
	finding_fail(EXPLORE_UNABLE, 0, 0, text);
}

void trace_record(struct fiber *fiber, uint16_t flags)
{
	struct explore_segment *last = &rt->segment[rt->segments - 1];

	if (flags == 0 && rt->replaying)
		rt->done_in_segment++;
	if (flags == 0 && rt->segments > 0 && last->flags == 0 &&
	    last->thread == fiber->number) {
		last->ops++;
		return;
	}
	last = &rt->segment[rt->segments++];
	last->thread = (uint16_t)fiber->number;
	last->flags = flags;
	last->ops = flags == 0;
	if (rt->segments == EXPLORE_SEGMENTS_MAX)
		too_long(fiber, "the schedule has more switches than the "
				"explorer can keep");
}

void trace_event(const struct fiber *fiber)
{
	struct explore_event *event;

	if (rt->events == EXPLORE_EVENTS_MAX)
		return;
	event = &rt->event[rt->events++];
	event->step = rt->steps;
	event->thread = (uint16_t)fiber->number;
	event->kind = (uint8_t)fiber->op.kind;
	event->stale = 0;
	event->address = fiber->op.address;
	event->value = 0;
	finding_place(fiber, fiber->op.pc, &event->place);
}

/* ---- following ---- */

static const struct explore_segment *segment_now(void)
{
	return rt->at_segment < rt->given_segments
		       ? &rt->given_segment[rt->at_segment]
		       : NULL;
}

static void next_segment(void)
{
	rt->at_segment++;
	rt->done_in_segment = 0;
}

/* Something that happens to a sleeping thread. True: it did. */
static bool happens(const struct explore_segment *segment)
{
	struct fiber *fiber = &rt->fibers[segment->thread];

	if (segment->thread >= rt->threads || fiber->state == FIBER_ENDED)
		return false;
	if (segment->flags & EXPLORE_WOKEN) {
		if (fiber->state != FIBER_PARKED || !fiber->queue)
			return false;
		sleep_wake_for_nothing(fiber);
		return true;
	}
	if (fiber->deadline_ns == NEVER || fiber->timed_out ||
	    choose_can_run(fiber))
		return false;
	sleep_time_out(fiber);
	return true;
}

static _Noreturn void diverged(void)
{
	finding_fail(EXPLORE_DIVERGED, 0, 0,
		     "the program does not do what it did in the trace");
}

struct fiber *trace_next(uint32_t enabled)
{
	const struct explore_segment *segment;

	for (; (segment = segment_now()); next_segment()) {
		if (segment->flags) {
			if (!happens(segment) && !rt->lenient)
				diverged();
			if (choose_can_run(&rt->fibers[segment->thread]))
				enabled |= 1u << segment->thread;
			continue;
		}
		if (rt->done_in_segment >= segment->ops)
			continue;
		if (segment->thread < rt->threads &&
		    enabled & 1u << segment->thread)
			return &rt->fibers[segment->thread];
		if (!rt->lenient)
			diverged();
	}
	return NULL;
}

/* ---- choices ---- */

void trace_chosen(const struct fiber *fiber, uint32_t value)
{
	struct explore_choice *choice;

	choice = &rt->choice[rt->choices++];
	choice->thread = (uint16_t)fiber->number;
	choice->value = (uint16_t)value;
	choice->op = fiber->ops;
	if (rt->choices == EXPLORE_CHOICES_MAX)
		too_long(fiber, "the schedule has more choices than the "
				"explorer can keep");
}

uint32_t trace_choice(const struct fiber *fiber)
{
	uint32_t i;

	for (i = 0; i < rt->given_choices; i++)
		if (rt->given_choice[i].thread == fiber->number &&
		    rt->given_choice[i].op == fiber->ops)
			return rt->given_choice[i].value;
	return 0;
}
