/*
 * test_explore.c - is what was recorded in one schedule right?
 *
 * The explorer chooses schedules and finds deadlocks, races and misuse of the
 * heap by itself. Whether the calls of a schedule returned what they may is
 * asked here, of each history that differs from all before. In the words that
 * say most: what is plainly impossible first, then items that are lost, double
 * or out of order, and only then that no order of the calls explains them.
 */
#include "tests.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <assay/cleanup.h>

#include "judge_explore.h"
#include "queue_call.h"
#include "queue_check.h"
#include "queue_linear.h"
#include "queue_shrink.h"
#include "scenarios.h"

struct played {
	const char *scenario;
	size_t capacity;
	bool drained; /* takes went on until it was closed and empty */
};

static const struct played *find_played(const char *scenario)
{
#define PLAYED(name, function, capacity, drained) { name, capacity, drained },
	static const struct played list[] = { BQ_SCENARIOS(PLAYED) };
#undef PLAYED
	size_t i;

	for (i = 0; i < sizeof list / sizeof list[0]; i++)
		if (strcmp(list[i].scenario, scenario) == 0)
			return &list[i];
	judge_broken("no scenario \"%s\"", scenario);
}

static bool any_pending(const struct history *history)
{
	size_t i;

	for (i = 0; i < history->count; i++)
		if (history->calls[i].pending)
			return true;
	return false;
}

static const struct history_call *first_close(const struct history *history)
{
	size_t i;

	for (i = 0; i < history->count; i++)
		if (history->calls[i].kind == QUEUE_CLOSE)
			return &history->calls[i];
	return NULL;
}

/* A call has begun with its first step that the explorer orders: what a
 * close() writes before that, without a lock, is no close yet. */
static const char *why_no_pipe(const struct history *history, uint64_t moment)
{
	const struct history_call *close = first_close(history);

	if (!close)
		return "nobody had closed the queue";
	return close->invoked_ns < moment
		       ? NULL
		       : "no bq_close() had come to a lock or an atomic by"
			 " then; what it writes without one is a data race";
}

/* Why @call can never return what it did, whatever the others do; or NULL. */
static const char *impossible(const struct history *history,
			      const struct history_call *call)
{
	if (call->pending || call->result == 0)
		return NULL;
	switch (call->result) {
	case EAGAIN:
		return call->timeout_ms == 0
			       ? NULL
			       : "its timeout is not 0, so it has to wait";
	case ETIMEDOUT:
		if (call->timeout_ms > 0)
			return NULL;
		return call->timeout_ms == 0
			       ? "its timeout is 0, for which that is EAGAIN"
			       : "it may wait for as long as it takes";
	case EPIPE:
		return why_no_pipe(history, call->completed_ns);
	default:
		return "bq.h knows no such result";
	}
}

static bool all_possible(const struct history *history, char *text, size_t size)
{
	char call[QUEUE_CALL_TEXT_MAX];
	const char *why;
	size_t i;

	for (i = 0; i < history->count; i++) {
		why = impossible(history, &history->calls[i]);
		if (!why)
			continue;
		queue_call_text(&history->calls[i], call);
		(void)snprintf(text, size, "%s on thread t%" PRIu32 ", but %s",
			       call, history->calls[i].thread, why);
		return false;
	}
	return true;
}

static bool explained(const struct history *history, size_t capacity,
		      char *text, size_t size)
{
	size_t states = QUEUE_LINEAR_STATES;

	if (queue_linear(history->calls, history->count, capacity, &states) !=
	    QUEUE_INEXPLICABLE)
		return true;
	(void)snprintf(text, size,
		       "no order of the calls explains what they"
		       " returned, on a queue of capacity %zu: each has to have"
		       " its effect at one moment between its beginning and its"
		       " end",
		       capacity);
	return false;
}

static bool check(void *data, const char *scenario,
		  const struct history *history, char *text, size_t size)
{
	const struct played **last = data;
	const struct played *played = find_played(scenario);
	bool drained = played->drained && !any_pending(history);
	struct queue_finding finding;

	*last = played;
	if (!all_possible(history, text, size))
		return false;
	if (!queue_conserves(history, drained, &finding) ||
	    !queue_keeps_order(history, &finding)) {
		(void)snprintf(text, size, "%s", finding.text);
		return false;
	}
	return explained(history, played->capacity, text, size);
}

/* All of a history is a few calls; the part that has no explanation is less. */
static void show(void *data, const struct history *history, json_t *lines)
{
	const struct played *const *last = data;
	AUTO_FREE struct history_call *calls = calloc(history->count + 1,
						      sizeof *calls);
	size_t states = QUEUE_LINEAR_STATES;
	char line[QUEUE_TIMELINE_WIDTH];
	size_t count = history->count;
	size_t i;

	ENOUGH(calls);
	memcpy(calls, history->calls, count * sizeof *calls);
	if (*last && queue_linear(calls, count, (*last)->capacity, &states) ==
			     QUEUE_INEXPLICABLE)
		count = queue_shrink(calls, count, (*last)->capacity);
	if (count > QUEUE_TIMELINE_MAX)
		count = QUEUE_TIMELINE_MAX;
	for (i = 0; i < count; i++) {
		queue_timeline(calls, count, i, line);
		(void)json_array_append_new(lines, json_string(line));
	}
}

void test_explore(struct judge *judge)
{
	const struct played *last = NULL;

	judge_explore(judge, check, show, &last);
}
