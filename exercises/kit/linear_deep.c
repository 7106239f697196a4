/*
 * linear_deep.c - an explanation, depth first
 *
 * As Wing and Gong do it ("Testing and verifying concurrent objects", 1993):
 * pick a call that no other had to precede, apply it to the state, go on with
 * the rest, and come back if that leads nowhere. With Lowe's addition ("Testing
 * for linearizability", 2017): no configuration is tried twice.
 *
 * A search that finds no explanation has been in every configuration there is.
 * The one whose earliest unplaced return is latest therefore says how much of
 * the history can be explained.
 */
#include "linear_inner.h"

#include <stdlib.h>

#include <assay/cleanup.h>

/* A call that was placed, and what to go back to. */
struct step {
	uint32_t lane;  /* of the call */
	uint32_t state; /* before it */
};

struct deep {
	struct linear_search *search;
	struct linear_layer seen;
	uint32_t here[LINEAR_THREADS_MAX + 1]; /* the configuration */
	size_t unplaced; /* calls that returned and have no moment yet */
	struct step *steps;
	size_t depth;
};

static const struct history_call *next_of(const struct deep *deep,
					  uint32_t lane)
{
	return linear_next(deep->search, lane, deep->here[lane]);
}

/* Of the calls that are left, that which ends first is the next one of this
 * lane: no call that begins later can be placed before it. */
static uint32_t lane_due(const struct deep *deep)
{
	uint64_t end_ns = UINT64_MAX;
	const struct history_call *call;
	uint32_t due = 0;
	uint32_t lane;

	for (lane = 0; lane < deep->search->lanes_count; lane++) {
		call = next_of(deep, lane);
		if (call->completed_ns < end_ns) {
			end_ns = call->completed_ns;
			due = lane;
		}
	}
	return due;
}

/* Place any call that can be next, but only those that come after @tried of
 * the lanes, of which the one that is due is the first. As linear_advance(). */
static int advance(struct deep *deep, uint32_t due, uint32_t tried)
{
	uint32_t lanes = deep->search->lanes_count;
	uint64_t end_ns = next_of(deep, due)->completed_ns;
	const struct history_call *call;
	struct step step = { .state = deep->here[lanes] };
	int advanced;

	for (; tried < lanes; tried++) {
		step.lane = (due + tried) % lanes;
		call = next_of(deep, step.lane);
		if (call->invoked_ns > end_ns)
			continue;
		advanced = linear_advance(deep->search, &deep->seen, deep->here,
					  step.lane);
		if (advanced > 0) {
			deep->unplaced -= !call->pending;
			deep->steps[deep->depth++] = step;
		}
		if (advanced != 0)
			return advanced;
	}
	return 0;
}

/* Take the last call back. Returns how many lanes have been tried. */
static uint32_t retreat(struct deep *deep)
{
	struct step step = deep->steps[--deep->depth];
	uint32_t lanes = deep->search->lanes_count;

	deep->here[step.lane]--;
	deep->here[lanes] = step.state;
	deep->unplaced += !next_of(deep, step.lane)->pending;
	return (step.lane + lanes - lane_due(deep)) % lanes + 1;
}

static enum linear_answer explain(struct deep *deep)
{
	struct linear_search *search = deep->search;
	const struct history_call *call;
	uint32_t tried = 0; /* lanes, from the present configuration */
	uint32_t due;
	int advanced;

	while (deep->unplaced > 0) {
		due = lane_due(deep);
		call = next_of(deep, due);
		if (!search->due ||
		    call->completed_ns > search->due->completed_ns)
			search->due = call;
		advanced = advance(deep, due, tried);
		if (advanced < 0)
			return LINEAR_UNDECIDED;
		if (advanced == 0 && deep->depth == 0)
			return LINEAR_INEXPLICABLE;
		tried = advanced ? 0 : retreat(deep);
	}
	return LINEAR_EXPLAINED;
}

enum linear_answer linear_deep(struct linear_search *search)
{
	AUTO_FREE struct deep *deep = calloc(1, sizeof *deep);
	AUTO_FREE struct step *steps = calloc(search->count, sizeof *steps);
	enum linear_answer answer = LINEAR_UNDECIDED;

	if (!deep || !steps)
		return LINEAR_UNDECIDED;
	deep->search = search;
	deep->seen = linear_layer(search, LINEAR_MEMORY_MAX);
	deep->unplaced = search->returned;
	deep->steps = steps;
	if (linear_layer_begin(search, &deep->seen))
		answer = explain(deep);
	linear_layer_release(&deep->seen);
	return answer;
}
