/*
 * scenario.c - what scenarios call: recorded calls and requirements
 */
#include "runtime.h"

unsigned scenario_call(uint32_t kind, uint32_t object, uint64_t argument,
		       int32_t timeout_ms)
{
	struct fiber *self;
	struct explore_call *call;
	unsigned number;

	if (!active())
		return 0;
	ENTER();
	self = rt->current;
	core_step(EXPLORE_CALL, 0, false, HERE);
	core_value(argument, 0);
	if (rt->calls == SCENARIO_CALLS_MAX)
		finding_fail(EXPLORE_UNABLE, 0, HERE,
			     "more recorded calls than the explorer can keep");
	number = rt->calls++;
	call = &rt->call[number];
	fill(call, 0, sizeof *call);
	call->kind = kind;
	call->object = object;
	call->argument = argument;
	call->timeout_ms = timeout_ms;
	call->thread = self->number;
	self->pending_call = (int)number;
	LEAVE();
	return number;
}

void scenario_return(unsigned number, int32_t result, uint64_t value)
{
	struct explore_call *call;

	if (!active())
		return;
	ENTER();
	core_step(EXPLORE_RETURN, 0, false, HERE);
	core_value(value, 0);
	if (number >= rt->calls || rt->call[number].completed)
		finding_fail(EXPLORE_MISUSE, number, HERE,
			     "return of a call that was not made");
	call = &rt->call[number];
	call->completed = 2 * rt->steps;
	rt->current->clock_reads = 0;
	call->result = result;
	call->value = value;
	rt->history_hash = mix(rt->history_hash, call->thread + 1000);
	rt->history_hash = mix(rt->history_hash, (uint32_t)result);
	rt->history_hash = mix(rt->history_hash, value);
	LEAVE();
}

void scenario_require(int holds, const char *text)
{
	if (!holds && active())
		finding_fail(EXPLORE_REQUIRED, 0, HERE, text);
}
