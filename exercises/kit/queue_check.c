/* queue_check.c - see queue_check.h */
#include "queue_check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <assay/cleanup.h>

#include "queue_call.h"

/* Calls of one kind by item, then by time. */
struct index {
	const struct history_call **calls;
	size_t count;
};

static uint64_t item_of(const struct history_call *call)
{
	return call->kind == QUEUE_PUT ? call->argument : call->value;
}

static int by_item(const void *left, const void *right)
{
	const struct history_call *a = *(
		const struct history_call *const *)left;
	const struct history_call *b = *(
		const struct history_call *const *)right;

	if (item_of(a) != item_of(b))
		return item_of(a) < item_of(b) ? -1 : 1;
	return (a->invoked_ns > b->invoked_ns) -
	       (a->invoked_ns < b->invoked_ns);
}

/* All puts, or all takes that returned an item. */
static struct index index_of(const struct history *history,
			     enum queue_kind kind)
{
	struct index index = { 0 };
	const struct history_call *call;
	size_t i;

	index.calls = calloc(history->count + 1, sizeof *index.calls);
	CHECK(index.calls);
	for (i = 0; i < history->count; i++) {
		call = &history->calls[i];
		if (call->kind != kind)
			continue;
		if (kind == QUEUE_TAKE && (call->pending || call->result != 0))
			continue;
		index.calls[index.count++] = call;
	}
	qsort(index.calls, index.count, sizeof *index.calls, by_item);
	return index;
}

static const struct history_call *find(const struct index *index, uint64_t item)
{
	size_t low = 0;
	size_t high = index->count;
	size_t middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (item_of(index->calls[middle]) < item)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == index->count || item_of(index->calls[low]) != item)
		return NULL;
	return index->calls[low];
}

__attribute__((format(printf, 2, 3))) static bool
found(struct queue_finding *finding, const char *format, ...)
{
	va_list args;

	finding->count = 0;
	va_start(args, format);
	(void)vsnprintf(finding->text, sizeof finding->text, format, args);
	va_end(args);
	return false;
}

/* One more call that shows it, in order of time. */
static void show(struct queue_finding *finding, const struct history_call *call)
{
	size_t place = finding->count;

	if (!call || place == QUEUE_FINDING_CALLS)
		return;
	while (place > 0 &&
	       finding->calls[place - 1].invoked_ns > call->invoked_ns) {
		finding->calls[place] = finding->calls[place - 1];
		place--;
	}
	finding->calls[place] = *call;
	finding->count++;
}

/* What is wrong with a take that returned an item, or NULL. */
static const char *fault(const struct history_call *take,
			 const struct history_call *put, bool again)
{
	if (!put)
		return "nobody ever put it";
	if (!put->pending && put->result != 0)
		return "its put had failed";
	if (put->invoked_ns > take->completed_ns)
		return "it was only put afterwards";
	return again ? "it had been put once and taken before" : NULL;
}

static bool takes_are_right(const struct index *puts, const struct index *takes,
			    struct queue_finding *ret)
{
	const struct history_call *before = NULL;
	const struct history_call *take;
	const struct history_call *put;
	char item[QUEUE_ITEM_TEXT_MAX];
	const char *wrong;
	size_t i;

	for (i = 0; i < takes->count; i++) {
		take = takes->calls[i];
		put = find(puts, take->value);
		if (before && before->value != take->value)
			before = NULL;
		wrong = fault(take, put, before != NULL);
		if (wrong) {
			queue_item_text(take->value, item);
			(void)found(ret, "a take returned the item %s, but %s",
				    item, wrong);
			show(ret, put);
			show(ret, before);
			show(ret, take);
			return false;
		}
		before = take;
	}
	return true;
}

/* The first close, and the first take that found the queue empty after it. */
static void show_end(const struct history *history,
		     struct queue_finding *finding)
{
	const struct history_call *call;
	bool closed = false;
	size_t i;

	for (i = 0; i < history->count; i++) {
		call = &history->calls[i];
		if (call->kind == QUEUE_CLOSE && !closed) {
			closed = true;
			show(finding, call);
		} else if (call->kind == QUEUE_TAKE && !call->pending &&
			   call->result == EPIPE) {
			show(finding, call);
			return;
		}
	}
}

static bool nothing_lost(const struct history *history,
			 const struct index *puts, const struct index *takes,
			 struct queue_finding *ret)
{
	const struct history_call *first = NULL;
	const struct history_call *put;
	char item[QUEUE_ITEM_TEXT_MAX];
	size_t lost = 0;
	size_t i;

	for (i = 0; i < puts->count; i++) {
		put = puts->calls[i];
		if (put->pending || put->result != 0 ||
		    find(takes, put->argument))
			continue;
		if (!first)
			first = put;
		lost++;
	}
	if (!first)
		return true;
	queue_item_text(first->argument, item);
	(void)found(ret,
		    "%zu of %zu items are lost, the first is %s: they were"
		    " put, and when the queue was closed and takes said that it"
		    " was empty, none had returned them",
		    lost, puts->count, item);
	show(ret, first);
	show_end(history, ret);
	return false;
}

bool queue_conserves(const struct history *history, bool drained,
		     struct queue_finding *ret)
{
	struct index puts = index_of(history, QUEUE_PUT);
	struct index takes = index_of(history, QUEUE_TAKE);
	bool well = takes_are_right(&puts, &takes, ret) &&
		    (!drained || nothing_lost(history, &puts, &takes, ret));

	free(puts.calls);
	free(takes.calls);
	return well;
}

/*
 * Backwards through the puts of one thread: a take that began after the take
 * of a later item had already returned is out of order.
 */
static bool thread_keeps_order(const struct history *history, uint32_t thread,
			       const struct index *takes,
			       struct queue_finding *ret)
{
	const struct history_call *later_put = NULL;
	const struct history_call *later = NULL;
	const struct history_call *take;
	const struct history_call *put;
	size_t i;

	for (i = history->count; i-- > 0;) {
		put = &history->calls[i];
		if (put->thread != thread || put->kind != QUEUE_PUT)
			continue;
		take = find(takes, put->argument);
		if (!take)
			continue;
		if (later && take->invoked_ns > later->completed_ns) {
			(void)found(ret,
				    "t%u put %" PRIu64 " before %" PRIu64
				    ", but %" PRIu64 " came out first",
				    thread, put->argument, later->value,
				    later->value);
			show(ret, put);
			show(ret, later_put);
			show(ret, later);
			show(ret, take);
			return false;
		}
		if (!later || take->completed_ns < later->completed_ns) {
			later = take;
			later_put = put;
		}
	}
	return true;
}

bool queue_keeps_order(const struct history *history, struct queue_finding *ret)
{
	struct index takes = index_of(history, QUEUE_TAKE);
	bool well = true;
	uint32_t thread;

	for (thread = 0; thread < HISTORY_LOGS && well; thread++)
		well = thread_keeps_order(history, thread, &takes, ret);
	free(takes.calls);
	return well;
}
