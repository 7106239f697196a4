/*
 * sleep.c - threads that sleep: in queues, until a time, or for no reason
 *
 * Timeouts pass in the order in which they are due, each on its own clock.
 */
#include "runtime.h"

#include <time.h>

/* ---- time ---- */

uint64_t sleep_due_ns(const struct fiber *fiber)
{
	int64_t due = (int64_t)fiber->deadline_ns;

	if (fiber->deadline_ns == NEVER)
		return NEVER;
	if (fiber->clock_id == CLOCK_REALTIME)
		due -= rt->wall_offset_ns;
	return due > 0 ? (uint64_t)due : 0;
}

struct fiber *sleep_next_due(void)
{
	struct fiber *first = NULL;
	uint32_t i;

	for (i = 0; i < rt->threads; i++) {
		struct fiber *fiber = &rt->fibers[i];

		if (fiber->state == FIBER_ENDED || fiber->timed_out ||
		    fiber->deadline_ns == NEVER || choose_can_run(fiber))
			continue;
		if (!first || sleep_due_ns(fiber) < sleep_due_ns(first))
			first = fiber;
	}
	return first;
}

void sleep_time_out(struct fiber *fiber)
{
	if (sleep_due_ns(fiber) > rt->now_ns)
		rt->now_ns = sleep_due_ns(fiber);
	fiber->timed_out = true;
	fiber->state = FIBER_READY;
	fiber->queue = NULL;
	trace_record(fiber, EXPLORE_TIMED_OUT);
}

/* ---- sleeping ---- */

void sleep_wake(struct fiber *fiber)
{
	fiber->state = FIBER_READY;
	fiber->queue = NULL;
	fiber->woken = true;
}

unsigned sleep_count(const struct object *queue)
{
	unsigned i, count = 0;

	for (i = 0; i < rt->threads; i++)
		count += rt->fibers[i].state == FIBER_PARKED &&
			 rt->fibers[i].queue == queue;
	return count;
}

/* Number @index by order of arrival. */
static struct fiber *sleeper(const struct object *queue, uint32_t index)
{
	struct fiber *found = NULL;
	uint64_t after = 0;
	uint32_t i, n;

	for (n = 0; n <= index; n++) {
		found = NULL;
		for (i = 0; i < rt->threads; i++) {
			struct fiber *fiber = &rt->fibers[i];

			if (fiber->state == FIBER_PARKED &&
			    fiber->queue == queue && fiber->queued > after &&
			    (!found || fiber->queued < found->queued))
				found = fiber;
		}
		if (!found)
			return NULL;
		after = found->queued;
	}
	return found;
}

struct fiber *sleep_wake_one(struct object *queue)
{
	uint32_t count = sleep_count(queue);
	struct fiber *fiber;

	if (count == 0)
		return NULL;
	fiber = sleeper(queue, core_choose(count, 2));
	if (fiber)
		sleep_wake(fiber);
	return fiber;
}

static bool may_wake_for_nothing(const struct fiber *fiber)
{
	return fiber->state == FIBER_PARKED && fiber->queue &&
	       (fiber->queue->type == OBJECT_CONDITION ||
		fiber->queue->type == OBJECT_FUTEX);
}

struct fiber *sleep_who_may_wake(void)
{
	uint32_t i, start = (uint32_t)(core_random() % rt->threads);

	for (i = 0; i < rt->threads; i++) {
		struct fiber *fiber = &rt->fibers[(start + i) % rt->threads];

		if (may_wake_for_nothing(fiber))
			return fiber;
	}
	return NULL;
}

void sleep_wake_for_nothing(struct fiber *fiber)
{
	sleep_wake(fiber);
	trace_record(fiber, EXPLORE_WOKEN);
}
