/*
 * core.c - operations, decisions, and how a schedule ends
 *
 * Every operation of a candidate's thread comes through core_operation(). If
 * others may go in between there (visible()), or it cannot be carried out, a
 * thread is chosen, maybe another one; that one returns from where it stopped.
 * There is no scheduler between threads: the one that stops chooses.
 */
#include "runtime.h"

#define START_NS 1000000000u
#define WALL_OFFSET_NS 1700000000000000000

STATE struct runtime *rt;

/* ---- random numbers: splitmix64, by Steele, Lea and Flood, OOPSLA 2014 ---- */

uint64_t core_random(void)
{
	uint64_t z = rt->random += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

bool core_one_in(uint32_t n)
{
	return core_random() % n == 0;
}

uint32_t core_choose(uint32_t count, uint32_t one_in_n)
{
	uint32_t value = 0;

	if (count < 2)
		return 0;
	if (rt->replaying)
		value = trace_choice(rt->current);
	else if (core_one_in(one_in_n))
		value = 1 + (uint32_t)(core_random() % (count - 1));
	if (value >= count)
		value = 0;
	if (value)
		trace_chosen(rt->current, value);
	return value;
}

static struct fiber *follow(void)
{
	struct fiber *next = trace_next(choose_enabled());

	if (next)
		return next;
	if (rt->lenient)
		return choose_run_on(choose_enabled());
	if (choose_enabled() || sleep_next_due())
		finding_fail(EXPLORE_DIVERGED, 0, 0,
			     "the trace has ended and the program goes on");
	return NULL;
}

static void count_preemption(const struct fiber *self, const struct fiber *next)
{
	if (next != self && choose_can_run(self) && self->ops > 1 &&
	    self->op.kind != EXPLORE_YIELD && !self->yielded)
		rt->preemptions++;
}

static void run(struct fiber *next)
{
	struct fiber *self = rt->current;

	if (next == self)
		return;
	rt->current = next;
	fiber_switch(&self->context, &next->context);
}

struct fiber *core_next(void)
{
	struct fiber *self = rt->current, *next;

	if (self->maker) {
		next = self->maker;
		self->maker = NULL;
		return next;
	}
	rt->decisions++;
	next = rt->replaying ? follow() : choose_next();
	if (!next)
		finding_fail(EXPLORE_DEADLOCK, 0, 0, NULL);
	count_preemption(self, next);
	next->yielded = false;
	next->waited = rt->decisions;
	return next;
}

/* Returns when the running thread has been chosen. */
static void decide(void)
{
	run(core_next());
}

/* ---- operations ---- */

static bool visible(const struct fiber *self)
{
	switch (self->op.kind) {
	case EXPLORE_READ:
	case EXPLORE_WRITE:
		return rt->granularity == SEE_ALL ||
		       (rt->granularity == SEE_SHARED &&
			race_site_shared(self->op.pc));
	case EXPLORE_UNLOCK:
		return rt->see_unlock;
	case EXPLORE_CREATE:
	case EXPLORE_BEGIN:
	case EXPLORE_END:
	case EXPLORE_CALL:
	case EXPLORE_RETURN:
	case EXPLORE_INIT:
	case EXPLORE_DESTROY:
	case EXPLORE_ALLOCATE:
	case EXPLORE_FREE:
	case EXPLORE_CLOCK:
		return false;
	default:
		return true;
	}
}

/*
 * A recorded call begins with its first operation that others could see. What
 * comes before, without any synchronization, could as well come right before
 * that; taking the latest moment keeps the call as short as it may have been.
 */
static void stamp_call(struct fiber *self)
{
	struct explore_call *call;

	if (self->pending_call < 0 || self->op.kind == EXPLORE_READ ||
	    self->op.kind == EXPLORE_WRITE || self->op.kind == EXPLORE_CALL ||
	    self->op.kind == EXPLORE_ALLOCATE ||
	    self->op.kind == EXPLORE_FREE || self->op.kind == EXPLORE_CLOCK)
		return;
	call = &rt->call[self->pending_call];
	call->invoked = 2 * rt->steps - 1;
	self->pending_call = -1;
	rt->history_hash = mix(rt->history_hash, self->number + 1);
	rt->history_hash = mix(rt->history_hash,
			       (uint64_t)call->kind << 32 | call->object);
	rt->history_hash = mix(rt->history_hash, call->argument);
	rt->history_hash = mix(rt->history_hash, (uint32_t)call->timeout_ms);
}

static void carried_out(struct fiber *self)
{
	rt->steps++;
	self->ops++;
	trace_record(self, 0);
	stamp_call(self);
	rt->result_hash = mix(rt->result_hash,
			      (uint64_t)self->number << 56 ^
				      (uint64_t)self->op.kind << 48 ^
				      self->op.pc);
	if (rt->command.flags & EXPLORE_LOG)
		trace_event(self);
	if (!rt->replaying)
		strategy_executed(self);
	self->deadline_ns = NEVER;
	self->sleeps_on = 0;
	if (rt->stop_step && rt->steps >= rt->stop_step) {
		rt->stop_step = 0;
		__asm__ volatile("int3");
	}
	if (rt->steps >= rt->command.steps_max)
		finding_fail(EXPLORE_LIVELOCK, 0, self->op.pc, NULL);
}

static void check_stack(struct fiber *self)
{
	uint64_t here = (uint64_t)__builtin_frame_address(0);

	if (here < self->stack_low || here > self->stack_high)
		finding_fail(EXPLORE_MISUSE, here, 0,
			     "it runs on a stack that is not its thread's");
	if (here < self->stack_used)
		self->stack_used = here;
}

static void prepare(uint32_t kind, uint64_t address, bool write, uint64_t pc,
		    struct object *object)
{
	struct fiber *self = rt->current;

	check_stack(self);
	self->op.kind = kind;
	self->op.address = address;
	self->op.write = write;
	self->op.pc = pc;
	self->op.object = object;
	self->timed_out = self->woken = false;
}

void core_operation(uint32_t kind, uint64_t address, bool write, uint64_t pc,
		    struct object *object)
{
	struct fiber *self = rt->current;

	prepare(kind, address, write, pc, object);
	if (rt->replaying || visible(self) || !choose_can_run(self))
		decide();
	carried_out(self);
}

void core_step(uint32_t kind, uint64_t address, bool write, uint64_t pc)
{
	core_operation(kind, address, write, pc, NULL);
}

bool core_park(struct object *queue, uint64_t address, uint64_t deadline_ns,
	       int clock_id, uint32_t kind, struct object *object, uint64_t pc)
{
	struct fiber *self = rt->current;
	bool late;

	prepare(kind, address, true, pc, object);
	self->state = FIBER_PARKED;
	self->clock_reads = 0;
	self->queue = queue;
	self->queued = ++rt->arrivals;
	self->sleeps_on = address;
	self->deadline_ns = deadline_ns;
	self->clock_id = clock_id;
	decide();
	late = self->timed_out;
	carried_out(self);
	return late;
}

void core_value(uint64_t value, unsigned stale)
{
	struct explore_event *event;

	rt->result_hash = mix(rt->result_hash, value + stale);
	if (!(rt->command.flags & EXPLORE_LOG) || rt->events == 0)
		return;
	event = &rt->event[rt->events - 1];
	event->value = value;
	event->stale = (uint8_t)stale;
}

void core_effect(void)
{
	rt->effects++;
	rt->effect_step = rt->steps;
	rt->current->vain = 0;
}

void core_in_vain(void)
{
	struct fiber *self = rt->current;

	if (self->vain == 0 || self->vain_effects != rt->effects)
		self->vain = 0;
	self->vain_effects = rt->effects;
	self->vain++;
}

/* ---- a schedule ---- */

_Noreturn void core_finish(void)
{
	struct fiber *self = rt->current;

	fiber_switch(&self->context, &rt->scheduler);
	__builtin_unreachable();
}

static void begin(void)
{
	rt->random = mix(rt->seed, 7);
	rt->threads = rt->steps = rt->decisions = rt->preemptions = 0;
	rt->effects = rt->arrivals = 0;
	rt->effect_step = 0;
	rt->now_ns = START_NS;
	rt->wall_offset_ns = WALL_OFFSET_NS;
	rt->fair_until = 0;
	rt->result_hash = rt->history_hash = rt->reads_hash = 1;
	if (rt->found)
		fill(&rt->finding, 0, sizeof rt->finding);
	rt->outcome = EXPLORE_PASSED;
	rt->found = false;
	rt->calls = rt->segments = rt->choices = rt->events = 0;
	rt->at_segment = rt->done_in_segment = 0;
	rt->schedule++;
	rt->total++;
	snapshot_restore();
	heap_begin();
	race_begin();
	atomics_begin();
	strategy_begin();
}

void core_run(void)
{
	struct fiber *first;

	begin();
	first = fiber_new(threads_main);
	rt->current = first;
	fiber_switch(&rt->scheduler, &first->context);
	rt->current = NULL;
	rt->busy = 1;
	if (rt->threads > rt->most_threads)
		rt->most_threads = rt->threads;
	race_count_class();
	strategy_end();
}
