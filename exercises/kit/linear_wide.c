/*
 * linear_wide.c - an explanation, return by return
 *
 * Lowe's just-in-time linearization ("Testing for linearizability", 2017): all
 * configurations that explain what returned so far are a layer. From one layer
 * to the next, which explains one return more, other calls are placed only
 * where they come before the call that returned. Two layers are all that is
 * kept, however long the history is; where there is an explanation all others
 * are looked for as well.
 */
#include "linear_inner.h"

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

/* A call that returned. */
struct end {
	const struct history_call *call;
	uint32_t lane;
	uint32_t placed; /* of its lane, once it is placed */
};

static int by_end(const void *left, const void *right)
{
	const struct end *a = left;
	const struct end *b = right;

	if (a->call->completed_ns != b->call->completed_ns)
		return a->call->completed_ns < b->call->completed_ns ? -1 : 1;
	if (a->lane != b->lane)
		return a->lane < b->lane ? -1 : 1;
	return (a->placed > b->placed) - (a->placed < b->placed);
}

/* All returns in their order. The caller's; NULL: no memory. */
static struct end *returns(const struct linear_search *search)
{
	struct end *ends = calloc(search->returned + 1, sizeof *ends);
	const struct history_call *call;
	size_t count = 0;
	uint32_t lane;
	uint32_t i;

	for (lane = 0; ends && lane < search->lanes_count; lane++)
		for (i = 0; i < search->lanes[lane].count; i++) {
			call = search->lanes[lane].calls[i];
			if (!call->pending)
				ends[count++] = (struct end){ call, lane,
							      i + 1 };
		}
	if (ends)
		qsort(ends, count, sizeof *ends, by_end);
	return ends;
}

/* Put a configuration of @from into @to as well. */
static bool carry(const struct linear_search *search,
		  const struct linear_layer *from, struct linear_layer *to,
		  uint32_t *here)
{
	uint32_t *state = &here[search->lanes_count];
	uint32_t number;

	return linear_set_add(&to->states, linear_set_at(&from->states, *state),
			      state) >= 0 &&
	       linear_set_add(&to->configurations, here, &number) >= 0;
}

/* Place what can come before the end, in a configuration without its call. */
static bool spread(struct linear_search *search, struct linear_layer *layer,
		   uint32_t *here, const struct end *end)
{
	uint32_t state = here[search->lanes_count];
	uint32_t lane;
	int advanced;

	for (lane = 0; lane < search->lanes_count; lane++) {
		if (linear_next(search, lane, here[lane])->invoked_ns >
		    end->call->completed_ns)
			continue;
		advanced = linear_advance(search, layer, here, lane);
		if (advanced < 0)
			return false;
		if (advanced > 0) {
			here[lane]--;
			here[search->lanes_count] = state;
		}
	}
	return true;
}

/* From the layer before @end to that behind it, which may stay empty. */
static bool pass(struct linear_search *search, struct linear_layer *layer,
		 const struct end *end, struct linear_layer *next)
{
	uint32_t here[LINEAR_THREADS_MAX + 1];
	size_t bytes = layer->configurations.member_bytes;
	uint32_t i;

	/* What is put into the layer meanwhile comes up as well. */
	for (i = 0; i < layer->configurations.count; i++) {
		memcpy(here, linear_set_at(&layer->configurations, i), bytes);
		if (here[end->lane] >= end->placed) {
			if (!carry(search, layer, next, here))
				return false;
		} else if (!spread(search, layer, here, end)) {
			return false;
		}
	}
	return true;
}

enum linear_answer linear_wide(struct linear_search *search)
{
	AUTO_FREE struct end *ends = returns(search);
	struct linear_layer next = linear_layer(search, LINEAR_MEMORY_MAX / 2);
	struct linear_layer layer = linear_layer(search, LINEAR_MEMORY_MAX / 2);
	struct linear_layer passed;
	bool able = ends && linear_layer_begin(search, &layer);
	size_t i;

	for (i = 0; able && i < search->returned; i++) {
		if (!search->due ||
		    ends[i].call->completed_ns > search->due->completed_ns)
			search->due = ends[i].call;
		able = pass(search, &layer, &ends[i], &next);
		if (able && next.configurations.count == 0)
			break;
		passed = layer;
		layer = next;
		next = passed;
		linear_layer_clear(&next);
	}
	linear_layer_release(&layer);
	linear_layer_release(&next);
	if (!able)
		return LINEAR_UNDECIDED;
	return i < search->returned ? LINEAR_INEXPLICABLE : LINEAR_EXPLAINED;
}
