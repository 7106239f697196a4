/*
 * linear_shrink.c - see linear_shrink() in linear.h
 *
 * What can go, given an explanation (an order of the calls), and why the rest
 * of that order still explains the rest of the calls:
 *
 * - What comes after some moment. A call in progress then becomes pending.
 * - The calls on another object, where objects are independent.
 * - What the model lets go (enum linear_leave).
 *
 * The last of these is tried for half of the calls at once, then for a quarter
 * of them, and so on to each, because a search costs as much as a history is
 * long.
 */
#include "linear.h"

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "linear_set.h"

struct shrink {
	const struct linear_model *model;
	struct history_call *calls;
	size_t count;
	struct history_call *attempt; /* room for count calls */
	size_t *configurations;
};

/* Keep the attempt's first @count calls if they are still inexplicable. */
static bool accept(struct shrink *shrink, size_t count)
{
	if (linear_check(shrink->model, shrink->attempt, count,
			 shrink->configurations, NULL) != LINEAR_INEXPLICABLE)
		return false;
	memcpy(shrink->calls, shrink->attempt, count * sizeof *shrink->calls);
	shrink->count = count;
	return true;
}

static void select_object(struct shrink *shrink, uint32_t object)
{
	struct history all = { .calls = shrink->calls,
			       .count = shrink->count };

	history_select(&all, object);
	shrink->count = all.count;
}

static bool try_until(struct shrink *shrink, uint64_t moment_ns)
{
	return accept(shrink, history_until(shrink->calls, shrink->count,
					    moment_ns, shrink->attempt));
}

static int by_number(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left;
	uint64_t b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

/* Cut after the first return that has no explanation. Nothing before @from_ns
 * is; mostly that is it, but a call in progress then may have contradicted the
 * rest by what it returns later on. So bisect the returns from there. */
static void cut_tail(struct shrink *shrink, uint64_t from_ns)
{
	AUTO_FREE uint64_t *ends = NULL;
	size_t returned = 0;
	size_t low = 0;
	size_t middle;
	size_t high;
	size_t i;

	if (try_until(shrink, from_ns))
		return;
	ends = calloc(shrink->count + 1, sizeof *ends);
	if (!ends)
		return;
	for (i = 0; i < shrink->count; i++)
		if (!shrink->calls[i].pending &&
		    shrink->calls[i].completed_ns > from_ns)
			ends[returned++] = shrink->calls[i].completed_ns;
	qsort(ends, returned, sizeof *ends, by_number);
	for (high = returned; low < high;) {
		middle = low + (high - low) / 2;
		if (try_until(shrink, ends[middle]))
			high = middle;
		else
			low = middle + 1;
	}
}

static enum linear_leave leave(const struct shrink *shrink,
			       const struct history_call *call,
			       uint64_t *ret_group)
{
	const struct linear_model *model = shrink->model;

	return model->leave(model->context, call, ret_group);
}

static bool may_leave(const struct shrink *shrink,
		      const struct history_call *call)
{
	const struct linear_model *model = shrink->model;

	return !model->may_leave ||
	       model->may_leave(model->context, shrink->calls, shrink->count,
				call);
}

/* The groups of calls[from..to) that may go. */
static bool leaving_groups(const struct shrink *shrink, size_t from, size_t to,
			   struct linear_set *ret)
{
	const struct history_call *call;
	uint64_t group = 0;
	uint32_t number;

	for (; from < to; from++) {
		call = &shrink->calls[from];
		if (leave(shrink, call, &group) & LINEAR_TOGETHER &&
		    may_leave(shrink, call) &&
		    linear_set_add(ret, &group, &number) < 0)
			return false;
	}
	return true;
}

/* Without the groups that may go of calls[from..to). */
static bool try_without_groups(struct shrink *shrink, size_t from, size_t to)
{
	struct linear_set groups = { .member_bytes = sizeof(uint64_t),
				     .bytes_max = LINEAR_MEMORY_MAX };
	bool known = leaving_groups(shrink, from, to, &groups);
	const struct history_call *call;
	uint64_t group = 0;
	size_t count = 0;
	size_t i;

	for (i = 0; known && i < shrink->count; i++) {
		call = &shrink->calls[i];
		if (!(leave(shrink, call, &group) & LINEAR_TOGETHER &&
		      linear_set_has(&groups, &group)))
			shrink->attempt[count++] = *call;
	}
	linear_set_release(&groups);
	return known && count < shrink->count && accept(shrink, count);
}

/* Without those of calls[from..to) that may go by themselves. */
static bool try_without_calls(struct shrink *shrink, size_t from, size_t to)
{
	const struct history_call *call;
	uint64_t group;
	size_t count = 0;
	size_t i;

	for (i = 0; i < shrink->count; i++) {
		call = &shrink->calls[i];
		if (!(i >= from && i < to &&
		      leave(shrink, call, &group) & LINEAR_ALONE))
			shrink->attempt[count++] = *call;
	}
	return count < shrink->count && accept(shrink, count);
}

/* One round over all calls, @part of them at a time, from the end, so that
 * what is left out moves nothing that is still to be tried. */
static bool leave_out(struct shrink *shrink, size_t part)
{
	bool any = false;
	size_t from;
	size_t to;

	for (to = shrink->count; to > 0; to = from) {
		from = to > part ? to - part : 0;
		any |= try_without_groups(shrink, from, to);
		if (to > shrink->count)
			to = shrink->count;
		any |= try_without_calls(shrink, from, to);
		if (from > shrink->count) /* groups reach far back */
			from = shrink->count;
	}
	return any;
}

size_t linear_shrink(const struct linear_model *model,
		     struct history_call *calls, size_t count,
		     size_t *configurations)
{
	AUTO_FREE struct history_call *attempt = calloc(count, sizeof *calls);
	struct shrink shrink = {
		.model = model,
		.calls = calls,
		.count = count,
		.attempt = attempt,
		.configurations = configurations,
	};
	struct linear_reach reach;
	uint64_t from_ns;
	size_t part;

	if (!attempt || linear_check(model, calls, count, configurations,
				     &reach) != LINEAR_INEXPLICABLE)
		return count;
	from_ns = reach.call->completed_ns;
	if (model->by_object)
		select_object(&shrink, reach.call->object);
	cut_tail(&shrink, from_ns);
	if (!model->leave)
		return shrink.count;
	for (part = shrink.count / 2; part > 1; part /= 2)
		(void)leave_out(&shrink, part);
	while (leave_out(&shrink, 1))
		;
	return shrink.count;
}
