/*
 * fuzz_linear.c - linear.h against a search that forgets nothing and knows
 * nothing: every order of a few calls
 *
 * An input is a model (one cell, cells by object) and some calls of four
 * threads. What is asked beside the answer: that the two searches agree, that
 * the reach is the longest beginning with an explanation, and that what is left
 * of a history made small is as inexplicable as all of it.
 */
#include "fuzz.h"

#include <string.h>

#include "linear.h"
#include "linear_inner.h"

#define CALLS_MAX 7
#define THREADS 4
#define CELLS 2
#define PLENTY 1000000u

enum { WRITE, READ, SWAP };

static bool cell_apply(const void *context, void *state,
		       const struct history_call *call)
{
	uint64_t *cell = (uint64_t *)state +
			 *(const size_t *)context * call->object;
	uint64_t before = *cell;

	if (call->kind != READ)
		*cell = call->argument;
	return call->pending || call->kind == WRITE || call->value == before;
}

static enum linear_leave cell_leave(const void *context,
				    const struct history_call *call,
				    uint64_t *ret_group)
{
	(void)context;
	(void)ret_group;
	return call->kind == READ ? LINEAR_ALONE : LINEAR_STAYS;
}

/* One state with all cells in it, or a state for each. */
static const size_t inside = 1, apart = 0;
static const struct linear_model together = {
	.state_bytes = CELLS * sizeof(uint64_t),
	.context = &inside,
	.apply = cell_apply,
	.leave = cell_leave,
};
static const struct linear_model by_object = {
	.state_bytes = sizeof(uint64_t),
	.context = &apart,
	.by_object = true,
	.apply = cell_apply,
	.leave = cell_leave,
};

struct every {
	const struct history_call *calls;
	size_t count;
	uint64_t until_ns; /* what returns later may be left out */
	bool placed[CALLS_MAX];
};

/* Whether calls[index] may be the next: no other that is left was over before
 * it began, and none of its own thread comes first. */
static bool may_be_next(const struct every *every, size_t index)
{
	const struct history_call *call = &every->calls[index];

	for (size_t i = 0; i < every->count; i++)
		if (!every->placed[i] && i != index &&
		    (every->calls[i].completed_ns < call->invoked_ns ||
		     (i < index && every->calls[i].thread == call->thread)))
			return false;
	return true;
}

static bool some_order(struct every *every, const uint64_t *cells)
{
	bool all = true;

	for (size_t i = 0; i < every->count; i++)
		all &= every->placed[i] || every->calls[i].pending ||
		       every->calls[i].completed_ns > every->until_ns;
	if (all)
		return true;
	for (size_t i = 0; i < every->count; i++) {
		uint64_t state[CELLS];
		bool found;

		memcpy(state, cells, sizeof state);
		if (every->placed[i] || !may_be_next(every, i) ||
		    !cell_apply(&inside, state, &every->calls[i]))
			continue;
		every->placed[i] = true;
		found = some_order(every, state);
		every->placed[i] = false;
		if (found)
			return true;
	}
	return false;
}

/* Whether the returns until some moment are, and whatever has begun by then
 * may have been. */
static bool explicable_until(const struct history_call *calls, size_t count,
			     uint64_t moment_ns, uint64_t until_ns)
{
	struct every every = { .calls = calls, .until_ns = until_ns };

	while (every.count < count &&
	       calls[every.count].invoked_ns <= moment_ns)
		every.count++;
	return some_order(&every, (uint64_t[CELLS]){ 0 });
}

static bool explicable(const struct history_call *calls, size_t count)
{
	return explicable_until(calls, count, UINT64_MAX, UINT64_MAX);
}

static void check(const struct linear_model *model,
		  const struct history_call *calls, size_t count)
{
	bool expected = explicable(calls, count);
	struct history_call small[CALLS_MAX];
	size_t budget = PLENTY;
	struct linear_reach reach;
	enum linear_answer answer;
	uint64_t end_ns;

	answer = linear_check(model, calls, count, &budget, &reach);
	CHECK(answer == (expected ? LINEAR_EXPLAINED : LINEAR_INEXPLICABLE));
	CHECK((reach.call == NULL) == expected);
	if (expected)
		return;
	end_ns = reach.call->completed_ns;
	CHECK(explicable_until(calls, count, end_ns, end_ns - 1));
	CHECK(!explicable_until(calls, count, end_ns, end_ns));
	memcpy(small, calls, count * sizeof *calls);
	count = linear_shrink(model, small, count, &budget);
	CHECK(count > 0 && !explicable(small, count));
}

/* Both searches, whichever linear_check() would have done with. */
static void check_both(const struct history_call *calls, size_t count)
{
	const struct history_call *lanes[THREADS][CALLS_MAX];
	uint64_t state[CELLS];
	struct linear_search search = { .model = &together,
					.lanes_count = THREADS,
					.count = count,
					.left = PLENTY,
					.state = (uint8_t *)state };

	for (uint32_t i = 0; i < THREADS; i++)
		search.lanes[i].calls = lanes[i];
	for (size_t i = 0; i < count; i++) {
		struct linear_lane *lane = &search.lanes[calls[i].thread];

		lane->calls[lane->count++] = &calls[i];
		search.returned += !calls[i].pending;
	}
	CHECK(linear_deep(&search) == linear_wide(&search));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = fuzz_input(data, size);
	struct history_call calls[CALLS_MAX] = { 0 };
	uint64_t busy[THREADS] = { 0 };
	uint64_t now = 1;
	size_t count;

	for (count = 0; count < CALLS_MAX && fuzz_left(&input) > 0; count++) {
		struct history_call *call = &calls[count];
		uint8_t who = fuzz_byte(&input), what = fuzz_byte(&input);
		uint8_t lasts = fuzz_byte(&input) % 16;

		call->thread = who % THREADS;
		call->object = who / THREADS % CELLS;
		call->kind = what % 3;
		call->argument = what / 3 % 4;
		call->value = what / 12 % 4;
		now += who / 32;
		if (busy[call->thread] == UINT64_MAX)
			break;
		if (now < busy[call->thread])
			now = busy[call->thread];
		call->invoked_ns = now;
		call->pending = lasts == 15;
		call->completed_ns = call->pending ? UINT64_MAX : now + lasts;
		busy[call->thread] = call->completed_ns;
	}
	check(&together, calls, count);
	check(&by_object, calls, count);
	check_both(calls, count);
	return 0;
}
