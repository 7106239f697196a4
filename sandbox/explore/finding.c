/*
 * finding.c - how a schedule ends, and what is told of it
 */
#include "runtime.h"

void finding_place(const struct fiber *fiber, uint64_t pc,
		   struct explore_place *ret)
{
	uint32_t i, depth = fiber->depth;

	fill(ret, 0, sizeof *ret);
	if (pc)
		ret->pc[ret->depth++] = pc;
	/* the first one was called from here */
	for (i = 0; i + 1 < depth && ret->depth < EXPLORE_DEPTH_MAX; i++)
		if (depth - 1 - i < STACK_DEPTH)
			ret->pc[ret->depth++] = fiber->calls[depth - 1 - i];
}

static void describe_thread(const struct fiber *fiber,
			    struct explore_thread *ret)
{
	const struct object *object = fiber->state == FIBER_PARKED &&
						      fiber->queue
					      ? fiber->queue
					      : fiber->op.object;

	ret->holder = NOBODY;
	ret->kind = fiber->op.kind;
	ret->address = fiber->sleeps_on ? fiber->sleeps_on : fiber->op.address;
	ret->timed = fiber->deadline_ns != NEVER;
	finding_place(fiber, fiber->op.pc, &ret->place);
	if (fiber->state == FIBER_ENDED)
		ret->state = EXPLORE_ENDED;
	else if (choose_can_run(fiber))
		ret->state = EXPLORE_CAN_RUN;
	else
		ret->state = EXPLORE_WAITS;
	if (ret->state != EXPLORE_WAITS || !object)
		return;
	if (fiber->state == FIBER_READY && object->type != OBJECT_THREAD)
		ret->address = object->address;
	/* asleep in a wait: not woken yet, so not after the mutex */
	if (object->type == OBJECT_CONDITION)
		ret->kind = EXPLORE_COND_WAIT;
	if (object->type == OBJECT_THREAD) {
		ret->holder = object->owner;
	} else if (object->owner != NOBODY) {
		ret->holder = object->owner;
		copy(&ret->taken, &object->taken, sizeof ret->taken);
	} else if (object->readers) {
		ret->holder = __builtin_ctz(object->readers);
		copy(&ret->taken, &object->taken, sizeof ret->taken);
	}
}

_Noreturn void finding_fail(uint32_t outcome, uint64_t address, uint64_t pc,
			    const char *text)
{
	struct explore_finding *finding = &rt->finding;
	struct fiber *self = rt->current;
	size_t i;

	rt->busy = 1;
	rt->outcome = outcome;
	rt->found = true;
	finding->address = address;
	finding->thread = self->number;
	finding_place(self, pc, &finding->place);
	for (i = 0; text && text[i] && i < sizeof finding->text - 1; i++)
		finding->text[i] = text[i];
	finding->threads = rt->threads;
	for (i = 0; i < rt->threads; i++)
		describe_thread(&rt->fibers[i], &finding->thread_of[i]);
	if (address)
		heap_block_of(address, &finding->block);
	core_finish();
}
