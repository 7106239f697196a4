/*
 * linear.c - see linear.h
 *
 * Depth first finds an explanation quickly where there is one; where there is
 * none it has to remember every configuration there is. When those are too many
 * the other search takes over, which goes through the history return by return
 * and remembers two layers.
 */
#include "linear.h"

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "linear_inner.h"

const struct history_call *linear_next(const struct linear_search *search,
				       uint32_t lane, uint32_t placed)
{
	static const struct history_call none = { .invoked_ns = UINT64_MAX,
						  .completed_ns = UINT64_MAX,
						  .pending = true };

	return placed < search->lanes[lane].count
		       ? search->lanes[lane].calls[placed]
		       : &none;
}

struct linear_layer linear_layer(const struct linear_search *search,
				 size_t bytes_max)
{
	return (struct linear_layer){
		.states = { .member_bytes = search->model->state_bytes,
			    .bytes_max = bytes_max / 2,
			    .hash = search->model->hash,
			    .equal = search->model->equal },
		.configurations = { .member_bytes = (search->lanes_count + 1) *
						    sizeof(uint32_t),
				    .bytes_max = bytes_max / 2 },
	};
}

bool linear_layer_begin(const struct linear_search *search,
			struct linear_layer *layer)
{
	uint32_t here[LINEAR_THREADS_MAX + 1] = { 0 };
	uint32_t number;

	memset(search->state, 0, search->model->state_bytes);
	if (search->model->start)
		memcpy(search->state, search->model->start,
		       search->model->state_bytes);
	return linear_set_add(&layer->states, search->state, &number) >= 0 &&
	       linear_set_add(&layer->configurations, here, &number) >= 0;
}

void linear_layer_clear(struct linear_layer *layer)
{
	linear_set_clear(&layer->states);
	linear_set_clear(&layer->configurations);
}

void linear_layer_release(struct linear_layer *layer)
{
	linear_set_release(&layer->states);
	linear_set_release(&layer->configurations);
}

int linear_advance(struct linear_search *search, struct linear_layer *layer,
		   uint32_t *here, uint32_t lane)
{
	const struct linear_model *model = search->model;
	uint32_t *state = &here[search->lanes_count];
	uint32_t before = *state;
	uint32_t number;
	int added;

	memcpy(search->state, linear_set_at(&layer->states, before),
	       model->state_bytes);
	if (!model->apply(model->context, search->state,
			  linear_next(search, lane, here[lane])))
		return 0;
	if (search->left == 0 ||
	    linear_set_add(&layer->states, search->state, state) < 0)
		return -1;
	here[lane]++;
	added = linear_set_add(&layer->configurations, here, &number);
	if (added > 0) {
		search->left--;
	} else {
		here[lane]--;
		*state = before;
	}
	return added;
}

static struct linear_lane *lane_of(struct linear_search *search,
				   uint32_t thread)
{
	uint32_t i;

	for (i = 0; i < search->lanes_count; i++)
		if (search->lanes[i].thread == thread)
			return &search->lanes[i];
	if (i == LINEAR_THREADS_MAX)
		return NULL;
	search->lanes[i] = (struct linear_lane){ .thread = thread };
	search->lanes_count++;
	return &search->lanes[i];
}

/* @room has place for as many as @calls; the lanes share it. */
static bool fill_lanes(struct linear_search *search,
		       const struct history_call **calls, size_t count,
		       const struct history_call **room)
{
	struct linear_lane *lane;
	size_t i;

	for (i = 0; i < count; i++) {
		lane = lane_of(search, calls[i]->thread);
		if (!lane)
			return false;
		lane->count++;
		search->returned += !calls[i]->pending;
	}
	for (i = 0; i < search->lanes_count; i++) {
		search->lanes[i].calls = room;
		room += search->lanes[i].count;
		search->lanes[i].count = 0;
	}
	for (i = 0; i < count; i++) {
		lane = lane_of(search, calls[i]->thread);
		CHECK(lane && (lane->count == 0 ||
			       lane->calls[lane->count - 1]->completed_ns <=
				       calls[i]->invoked_ns));
		lane->calls[lane->count++] = calls[i];
	}
	return true;
}

/* One object's calls. */
static enum linear_answer check_object(const struct linear_model *model,
				       const struct history_call **calls,
				       size_t count, size_t *configurations,
				       const struct history_call **ret_due)
{
	AUTO_FREE struct linear_search *search = calloc(1, sizeof *search);
	AUTO_FREE const struct history_call **room = calloc(count,
							    sizeof *room);
	AUTO_FREE uint8_t *state = calloc(1, model->state_bytes);
	size_t wide = *configurations / 2;
	enum linear_answer answer;

	*ret_due = NULL;
	if (!search || !room || !state)
		return LINEAR_UNDECIDED;
	search->model = model;
	search->count = count;
	search->state = state;
	if (!fill_lanes(search, calls, count, room))
		return LINEAR_UNDECIDED;
	search->left = *configurations - wide;
	answer = linear_deep(search);
	search->left += wide;
	if (answer == LINEAR_UNDECIDED)
		answer = linear_wide(search);
	*configurations = search->left;
	*ret_due = answer == LINEAR_EXPLAINED ? NULL : search->due;
	return answer;
}

/* By object, and as they were. */
static int by_object(const void *left, const void *right)
{
	const struct history_call *a = *(
		const struct history_call *const *)left;
	const struct history_call *b = *(
		const struct history_call *const *)right;

	if (a->object != b->object)
		return a->object < b->object ? -1 : 1;
	return (a > b) - (a < b);
}

static size_t returned_before(const struct history_call *calls, size_t count,
			      uint64_t moment_ns)
{
	size_t returned = 0;
	size_t i;

	for (i = 0; i < count; i++)
		returned += !calls[i].pending &&
			    calls[i].completed_ns < moment_ns;
	return returned;
}

enum linear_answer linear_check(const struct linear_model *model,
				const struct history_call *calls, size_t count,
				size_t *configurations,
				struct linear_reach *ret)
{
	AUTO_FREE const struct history_call **sorted = calloc(count,
							      sizeof *sorted);
	enum linear_answer answer = LINEAR_EXPLAINED;
	const struct history_call *due;
	const struct history_call *first = NULL;
	enum linear_answer part;
	size_t begin;
	size_t end;

	if (!sorted && count)
		return LINEAR_UNDECIDED;
	for (end = 0; end < count; end++)
		sorted[end] = &calls[end];
	if (model->by_object)
		qsort(sorted, count, sizeof *sorted, by_object);
	for (begin = 0; begin < count; begin = end) {
		for (end = begin + 1; end < count; end++)
			if (model->by_object &&
			    sorted[end]->object != sorted[begin]->object)
				break;
		part = check_object(model, &sorted[begin], end - begin,
				    configurations, &due);
		if (part == LINEAR_EXPLAINED ||
		    (part == LINEAR_UNDECIDED && answer == LINEAR_INEXPLICABLE))
			continue;
		if (part != answer || !first ||
		    (due && due->completed_ns < first->completed_ns))
			first = due;
		answer = part;
	}
	if (ret)
		*ret = (struct linear_reach){
			.call = first,
			.explained = returned_before(calls, count,
						     first ? first->completed_ns
							   : UINT64_MAX),
		};
	return answer;
}
