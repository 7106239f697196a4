/*
 * queue_shrink.c - see queue_shrink.h
 *
 * What can go, given an explanation (an order of the calls), and why the rest
 * of that order still explains the rest of the calls:
 *
 * - What comes after some moment. A call in progress then becomes pending.
 * - A call that failed, or a len(): it changed nothing.
 * - A close() when nothing returned EPIPE: without it, more is allowed.
 * - An item, that is its put and its take. The others move up; no queue that
 *   had room gets full and none that was empty gets filled by that. But a call
 *   that saw how full the queue was (a put that found it full, a len) would
 *   see something else, unless all of it was over before the item's put began
 *   or began after the item was gone.
 *
 * A pending take has to stay: which item it took away is not known.
 */
#include "queue_shrink.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "queue_call.h"
#include "queue_linear.h"

/* For all of the attempts together: a second or so. */
#define SHRINK_STATES (4u << 20)

struct shrink {
	struct history_call *calls;
	size_t count;
	struct history_call *attempt;
	size_t capacity;
	size_t states;
};

/* Keep the attempt's first @count calls if they are still inexplicable. */
static bool accept(struct shrink *shrink, size_t count)
{
	if (queue_linear(shrink->attempt, count, shrink->capacity,
			 &shrink->states) != QUEUE_INEXPLICABLE)
		return false;
	memcpy(shrink->calls, shrink->attempt, count * sizeof *shrink->calls);
	shrink->count = count;
	return true;
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

/* Cut after the first return that has no explanation: bisect the returns. */
static void cut_tail(struct shrink *shrink)
{
	AUTO_FREE uint64_t *ends = calloc(shrink->count, sizeof *ends);
	size_t returned = 0;
	size_t middle;
	size_t low = 0;
	size_t high;
	size_t i;

	if (!ends)
		return;
	for (i = 0; i < shrink->count; i++)
		if (!shrink->calls[i].pending)
			ends[returned++] = shrink->calls[i].completed_ns;
	qsort(ends, returned, sizeof *ends, by_number);
	high = returned;
	while (low < high) {
		middle = low + (high - low) / 2;
		if (try_until(shrink, ends[middle]))
			high = middle;
		else
			low = middle + 1;
	}
}

/* It changed nothing. A pending call is none of these. */
static bool changed_nothing(const struct history_call *call)
{
	return (call->kind == QUEUE_LEN) ||
	       (!call->pending && call->result != 0 &&
		(call->kind == QUEUE_PUT || call->kind == QUEUE_TAKE));
}

static bool saw_fullness(const struct history_call *call)
{
	if (call->pending)
		return false;
	return call->kind == QUEUE_LEN ||
	       (call->kind == QUEUE_PUT &&
		(call->result == EAGAIN || call->result == ETIMEDOUT));
}

static bool is_about(const struct history_call *call, uint64_t item)
{
	if (call->kind == QUEUE_PUT)
		return call->argument == item &&
		       (call->pending || call->result == 0);
	return call->kind == QUEUE_TAKE && !call->pending &&
	       call->result == 0 && call->value == item;
}

/* From when until when the item may have been in the queue. */
static void stay(const struct shrink *shrink, uint64_t item, uint64_t *ret_from,
		 uint64_t *ret_until)
{
	const struct history_call *call;
	bool taken = false;
	size_t i;

	*ret_from = UINT64_MAX;
	*ret_until = 0;
	for (i = 0; i < shrink->count; i++) {
		call = &shrink->calls[i];
		if (!is_about(call, item))
			continue;
		if (call->invoked_ns < *ret_from)
			*ret_from = call->invoked_ns;
		if (call->kind == QUEUE_TAKE) {
			taken = true;
			if (call->completed_ns > *ret_until)
				*ret_until = call->completed_ns;
		}
	}
	if (!taken)
		*ret_until = UINT64_MAX;
}

static bool try_without_item(struct shrink *shrink, uint64_t item)
{
	const struct history_call *call;
	uint64_t until_ns;
	uint64_t from_ns;
	size_t count = 0;
	size_t i;

	stay(shrink, item, &from_ns, &until_ns);
	for (i = 0; i < shrink->count; i++) {
		call = &shrink->calls[i];
		if (is_about(call, item))
			continue;
		if (saw_fullness(call) && call->completed_ns >= from_ns &&
		    call->invoked_ns <= until_ns)
			return false;
		shrink->attempt[count++] = *call;
	}
	return accept(shrink, count);
}

static bool try_without_call(struct shrink *shrink, size_t index)
{
	size_t count = 0;
	size_t i;

	for (i = 0; i < shrink->count; i++)
		if (i != index)
			shrink->attempt[count++] = shrink->calls[i];
	return accept(shrink, count);
}

static bool any_broken_pipe(const struct shrink *shrink)
{
	size_t i;

	for (i = 0; i < shrink->count; i++)
		if (!shrink->calls[i].pending &&
		    shrink->calls[i].result == EPIPE)
			return true;
	return false;
}

static bool try_to_drop(struct shrink *shrink, size_t index)
{
	const struct history_call *call = &shrink->calls[index];

	if (changed_nothing(call))
		return try_without_call(shrink, index);
	if (call->kind == QUEUE_CLOSE)
		return !any_broken_pipe(shrink) &&
		       try_without_call(shrink, index);
	if (call->kind == QUEUE_PUT)
		return try_without_item(shrink, call->argument);
	if (call->kind == QUEUE_TAKE && !call->pending)
		return try_without_item(shrink, call->value);
	return false;
}

size_t queue_shrink(struct history_call *calls, size_t count, size_t capacity)
{
	AUTO_FREE struct history_call *attempt = calloc(count, sizeof *calls);
	struct shrink shrink = {
		.calls = calls,
		.count = count,
		.attempt = attempt,
		.capacity = capacity,
		.states = SHRINK_STATES,
	};
	size_t before;
	size_t i;

	if (!attempt)
		return count;
	cut_tail(&shrink);
	do {
		before = shrink.count;
		for (i = shrink.count; i-- > 0;)
			if (i < shrink.count)
				(void)try_to_drop(&shrink, i);
	} while (shrink.count < before);
	return shrink.count;
}
