/* queue_call.c - see queue_call.h */
#define _GNU_SOURCE /* strerrorname_np */
#include "queue_call.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PICTURE_WIDTH 60

void queue_result_text(int result, char text[static QUEUE_CALL_TEXT_MAX])
{
	const char *name = result > 0 ? strerrorname_np(result) : NULL;

	if (name)
		(void)snprintf(text, QUEUE_CALL_TEXT_MAX, "%s", name);
	else
		(void)snprintf(text, QUEUE_CALL_TEXT_MAX, "%d", result);
}

void queue_item_text(uint64_t item, char text[static QUEUE_ITEM_TEXT_MAX])
{
	if (item == 0)
		(void)snprintf(text, QUEUE_ITEM_TEXT_MAX, "NULL");
	else
		(void)snprintf(text, QUEUE_ITEM_TEXT_MAX, "%" PRIu64, item);
}

static void outcome_text(const struct history_call *call,
			 char text[static QUEUE_CALL_TEXT_MAX])
{
	if (call->pending)
		(void)snprintf(text, QUEUE_CALL_TEXT_MAX, "...");
	else if (call->kind == QUEUE_LEN)
		(void)snprintf(text, QUEUE_CALL_TEXT_MAX, "%" PRIu64,
			       call->value);
	else if (call->kind == QUEUE_TAKE && call->result == 0)
		queue_item_text(call->value, text);
	else
		queue_result_text(call->result, text);
}

void queue_call_text(const struct history_call *call,
		     char text[static QUEUE_CALL_TEXT_MAX])
{
	char outcome[QUEUE_CALL_TEXT_MAX];
	char item[QUEUE_ITEM_TEXT_MAX];

	outcome_text(call, outcome);
	queue_item_text(call->argument, item);
	if (call->kind == QUEUE_PUT)
		(void)snprintf(text, QUEUE_CALL_TEXT_MAX,
			       "put(%s, %d) -> %.16s", item, call->timeout_ms,
			       outcome);
	else if (call->kind == QUEUE_TAKE)
		(void)snprintf(text, QUEUE_CALL_TEXT_MAX, "take(%d) -> %.24s",
			       call->timeout_ms, outcome);
	else if (call->kind == QUEUE_LEN)
		(void)snprintf(text, QUEUE_CALL_TEXT_MAX, "len() -> %.24s",
			       outcome);
	else
		(void)snprintf(text, QUEUE_CALL_TEXT_MAX, "close()%s",
			       call->pending ? " -> ..." : "");
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

/* The column for a rank; neighbours stay apart as long as there is room. */
static size_t column(size_t at, size_t count)
{
	size_t ranks = 2 * count;

	if (ranks * 3 <= PICTURE_WIDTH)
		return at * 3;
	return at * (PICTURE_WIDTH - 1) / ranks;
}

void queue_timeline(const struct history_call *calls, size_t count,
		    size_t index, char line[static QUEUE_TIMELINE_WIDTH])
{
	const struct history_call *call = &calls[index];
	char picture[PICTURE_WIDTH + 2] = "";
	char text[QUEUE_CALL_TEXT_MAX];
	size_t begin = column(rank(calls, count, call->invoked_ns), count);
	size_t end = column(rank(calls, count, call->completed_ns), count);

	if (end <= begin)
		end = begin + 1;
	memset(picture, ' ', begin);
	memset(picture + begin, '-', end - begin + 1);
	picture[begin] = '|';
	picture[end] = call->pending ? '>' : '|';
	picture[end + 1] = '\0';
	queue_call_text(call, text);
	(void)snprintf(line, QUEUE_TIMELINE_WIDTH, "t%-2u  %-28s  %s",
		       call->thread, text, picture);
}
