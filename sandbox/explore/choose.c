/*
 * choose.c - who is next: fairness, time, and then the strategy
 *
 * Strategies may pass over a thread for as long as they like; a thread that
 * spins for another one to move would then spin for ever. So who does nothing
 * but look, many times over, stands back until somebody has changed something,
 * and who could go on for long gets a spell in which all are treated alike.
 *
 * Time stands still but for what clock.c adds for reading it. A timeout passes
 * when nobody else can go on, or, once in a while, earlier: whoever could have
 * gone on was slow.
 */
#include "runtime.h"

#define SPURIOUS_ONE_IN 48
#define EARLY_ONE_IN 24
#define DUE_ONE_IN 3
#define VAIN_MAX 12    /* operations without effect, then it is spinning */
#define VAIN_ONE_IN 16 /* a spinning thread goes on all the same */
#define PATIENCE 120   /* decisions that an enabled thread can be passed over */
#define FAIR 48        /* decisions at random then, for it to get somewhere */

/* ---- who can go on ---- */

static bool object_lets(const struct object *object, const struct fiber *fiber)
{
	switch (object->type) {
	case OBJECT_MUTEX:
	case OBJECT_SPIN:
	case OBJECT_ONCE:
		return object->owner == NOBODY;
	case OBJECT_RWLOCK:
		return object->owner == NOBODY &&
		       (fiber->op.kind == EXPLORE_READ_LOCK ||
			object->readers == 0);
	case OBJECT_SEMAPHORE:
	case OBJECT_THREAD:
		return object->count > 0;
	case OBJECT_NONE:
	case OBJECT_CONDITION:
	case OBJECT_BARRIER:
	case OBJECT_FUTEX:
	case OBJECT_WIDE:
		break;
	}
	return true;
}

bool choose_can_run(const struct fiber *fiber)
{
	return fiber->state == FIBER_READY &&
	       (!fiber->op.object || fiber->timed_out ||
		object_lets(fiber->op.object, fiber));
}

uint32_t choose_enabled(void)
{
	uint32_t i, set = 0;

	for (i = 0; i < rt->threads; i++)
		if (choose_can_run(&rt->fibers[i]))
			set |= 1u << i;
	return set;
}

/* ---- fairness ---- */

static uint32_t without_spinners(uint32_t enabled)
{
	uint32_t i, useful = enabled;

	for (i = 0; i < rt->threads; i++) {
		struct fiber *fiber = &rt->fibers[i];

		if (!(enabled & 1u << i))
			continue;
		if (fiber->vain_effects != rt->effects)
			fiber->vain = 0;
		if (fiber->yielded ||
		    (fiber->vain >= VAIN_MAX && !core_one_in(VAIN_ONE_IN)))
			useful &= ~(1u << i);
	}
	return useful ? useful : enabled;
}

/* Nobody who can go on is passed over for ever. */
static struct fiber *longest_waiting(uint32_t enabled)
{
	struct fiber *longest = NULL;
	uint32_t i;

	for (i = 0; i < rt->threads; i++) {
		struct fiber *fiber = &rt->fibers[i];

		if (!(enabled & 1u << i))
			fiber->waited = rt->decisions;
		else if (rt->decisions - fiber->waited > PATIENCE &&
			 (!longest || fiber->waited < longest->waited))
			longest = fiber;
	}
	return longest;
}

static struct fiber *pick(uint32_t enabled)
{
	struct fiber *neglected = longest_waiting(enabled);

	if (neglected) {
		rt->fair_until = rt->decisions + FAIR;
		return neglected;
	}
	return strategy_pick(without_spinners(enabled));
}

static void events_of_time(uint32_t enabled)
{
	const uint32_t flags = rt->command.flags;
	struct fiber *due = sleep_next_due(), *sleepy;

	if (due &&
	    (!enabled ||
	     (sleep_due_ns(due) <= rt->now_ns && core_one_in(DUE_ONE_IN)) ||
	     (flags & EXPLORE_EARLY && core_one_in(EARLY_ONE_IN))))
		sleep_time_out(due);
	if (flags & EXPLORE_SPURIOUS && rt->strategy != EXPLORE_DELAYS &&
	    enabled && core_one_in(SPURIOUS_ONE_IN)) {
		sleepy = sleep_who_may_wake();
		if (sleepy)
			sleep_wake_for_nothing(sleepy);
	}
}

struct fiber *choose_next(void)
{
	uint32_t enabled = choose_enabled();

	events_of_time(enabled);
	enabled = choose_enabled();
	if (!enabled)
		return NULL;
	return pick(enabled);
}

/* Past the end of a lenient trace: as long as one can, then the next. */
struct fiber *choose_run_on(uint32_t enabled)
{
	struct fiber *self = rt->current, *due;

	if (!enabled) {
		due = sleep_next_due();
		if (!due)
			return NULL;
		sleep_time_out(due);
		return due;
	}
	if (self && enabled & 1u << self->number && self->vain < VAIN_MAX &&
	    !self->yielded)
		return self;
	return pick(enabled);
}
