/* pool_history.c - see pool_history.h */
#define _GNU_SOURCE /* strerrorname_np */
#include "pool_history.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#define PICTURE_WIDTH 60
#define LINE_MAX_BYTES 160
#define NEVER UINT64_MAX

/* ---- made whole ---- */

static bool matches(const struct history_call *open,
		    const struct history_call *close)
{
	return open->pending && open->thread == close->thread &&
	       open->kind == (close->kind & ~(uint32_t)POOL_CLOSE) &&
	       open->object == close->object;
}

/* The innermost that is open. */
static bool close_call(struct history *calls, const struct history_call *close)
{
	struct history_call *open = calls->calls + calls->count;

	while (open-- > calls->calls) {
		if (!matches(open, close))
			continue;
		open->pending = false;
		open->completed_ns = close->completed_ns;
		open->result = close->result;
		open->value = close->value;
		return true;
	}
	return false;
}

bool pool_calls(const struct history *history, struct history *ret)
{
	struct history calls = { .full = history->full };
	const struct history_call *call;
	uint32_t kind;
	size_t i;

	calls.calls = calloc(history->count + 1, sizeof *calls.calls);
	ENOUGH(calls.calls);
	for (i = 0; i < history->count; i++) {
		call = &history->calls[i];
		kind = call->kind & ~(uint32_t)(POOL_OPEN | POOL_CLOSE);
		if (kind == 0 || kind >= POOL_KINDS ||
		    ((call->kind & POOL_CLOSE) && !close_call(&calls, call))) {
			history_release(&calls);
			return false;
		}
		if (call->kind & POOL_CLOSE)
			continue;
		calls.calls[calls.count] = *call;
		calls.calls[calls.count].kind = kind;
		if (call->kind & POOL_OPEN) {
			calls.calls[calls.count].pending = true;
			calls.calls[calls.count].completed_ns = NEVER;
		}
		calls.count++;
	}
	*ret = calls;
	return true;
}

/* ---- made readable ---- */

void pool_result_text(int result, char text[static POOL_CALL_TEXT_MAX])
{
	const char *name = result > 0 ? strerrorname_np(result) : NULL;

	if (name)
		(void)snprintf(text, POOL_CALL_TEXT_MAX, "%s", name);
	else
		(void)snprintf(text, POOL_CALL_TEXT_MAX, "%d", result);
}

void pool_call_name(const struct history_call *call,
		    char text[static POOL_CALL_TEXT_MAX])
{
	switch ((enum pool_kind)call->kind) {
	case POOL_SUBMIT:
		(void)snprintf(text, POOL_CALL_TEXT_MAX,
			       "submit(task %" PRIu32 "%s)", call->object,
			       call->timeout_ms == POOL_DROPPED ? ", NULL"
								: "");
		return;
	case POOL_RUN:
		(void)snprintf(text, POOL_CALL_TEXT_MAX,
			       "task %" PRIu32 " runs", call->object);
		return;
	case POOL_WAIT:
		(void)snprintf(text, POOL_CALL_TEXT_MAX,
			       "wait(task %" PRIu32 ", %" PRId32 ")",
			       call->object, call->timeout_ms);
		return;
	case POOL_CANCEL:
		(void)snprintf(text, POOL_CALL_TEXT_MAX,
			       "cancel(task %" PRIu32 ")", call->object);
		return;
	case POOL_SHUTDOWN:
		(void)snprintf(
			text, POOL_CALL_TEXT_MAX, "shutdown(%s, %" PRId32 ")",
			call->argument ? "drain" : "now", call->timeout_ms);
		return;
	case POOL_ASK:
		(void)snprintf(text, POOL_CALL_TEXT_MAX,
			       "task_cancelled() in %" PRIu32, call->object);
		return;
	case POOL_KINDS:
	case POOL_OPEN:
	case POOL_CLOSE:
		break;
	}
	(void)snprintf(text, POOL_CALL_TEXT_MAX, "?");
}

void pool_call_text(const struct history_call *call,
		    char text[static POOL_CALL_TEXT_MAX])
{
	char name[POOL_CALL_TEXT_MAX];
	char result[POOL_CALL_TEXT_MAX];

	pool_call_name(call, name);
	pool_result_text(call->result, result);
	if (call->pending)
		(void)snprintf(text, POOL_CALL_TEXT_MAX, "%.40s -> ...", name);
	else if (call->kind == POOL_WAIT && call->result == 0)
		(void)snprintf(text, POOL_CALL_TEXT_MAX, "%.32s -> 0, %" PRIu64,
			       name, call->value);
	else if (call->kind == POOL_RUN || call->kind == POOL_SHUTDOWN ||
		 call->kind == POOL_ASK)
		(void)snprintf(text, POOL_CALL_TEXT_MAX, "%.32s -> %" PRId64,
			       name, (int64_t)call->value);
	else
		(void)snprintf(text, POOL_CALL_TEXT_MAX, "%.32s -> %.24s", name,
			       result);
}

/* How many of the beginnings and ends come before @stamp. */
static size_t rank(const struct history_call *calls, size_t count,
		   uint64_t stamp)
{
	size_t before = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		before += calls[i].invoked_ns < stamp;
		before += calls[i].completed_ns < stamp;
	}
	return before;
}

static size_t column(size_t at, size_t count)
{
	size_t ranks = 2 * count;

	if (ranks * 3 <= PICTURE_WIDTH)
		return at * 3;
	return at * (PICTURE_WIDTH - 1) / ranks;
}

static void line_of(const struct history_call *calls, size_t count,
		    const struct history_call *call, char line[LINE_MAX_BYTES])
{
	size_t begin = column(rank(calls, count, call->invoked_ns), count);
	size_t end = column(rank(calls, count, call->completed_ns), count);
	char picture[PICTURE_WIDTH + 3] = "";
	char text[POOL_CALL_TEXT_MAX];

	if (end <= begin)
		end = begin + 1;
	memset(picture, ' ', begin);
	memset(picture + begin, '-', end - begin + 1);
	picture[begin] = '|';
	picture[end] = call->pending ? '>' : '|';
	picture[end + 1] = '\0';
	pool_call_text(call, text);
	(void)snprintf(line, LINE_MAX_BYTES, "t%-2" PRIu32 "  %-34s  %s",
		       call->thread, text, picture);
}

void pool_show(const struct history_call *calls, size_t count, json_t *lines)
{
	char line[LINE_MAX_BYTES];
	size_t i;

	if (count > POOL_SHOWN_MAX) {
		(void)json_array_append_new(
			lines, json_sprintf("(%zu calls before these)",
					    count - POOL_SHOWN_MAX));
		calls += count - POOL_SHOWN_MAX;
		count = POOL_SHOWN_MAX;
	}
	for (i = 0; i < count; i++) {
		line_of(calls, count, &calls[i], line);
		(void)json_array_append_new(lines, json_string(line));
	}
}
