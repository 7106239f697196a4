/* told.c - see told.h */
#include "told.h"

#include <inttypes.h>
#include <stdio.h>

#include "pool_history.h"

static enum pool_kind kind_of(const struct command *command)
{
	switch (command->action) {
	case ACTION_SUBMIT:
	case ACTION_DROP:
		return POOL_SUBMIT;
	case ACTION_WAIT:
		return POOL_WAIT;
	case ACTION_CANCEL:
		return POOL_CANCEL;
	case ACTION_SHUTDOWN:
		return POOL_SHUTDOWN;
	default:
		return POOL_KINDS;
	}
}

bool told_add(struct told *told, const struct command *command,
	      const struct reply *reply)
{
	enum pool_kind kind = kind_of(command);

	if (kind == POOL_KINDS)
		return true;
	if (kind == POOL_SHUTDOWN) {
		told->made[kind]++;
		told->well[kind]++; /* how many it cancelled is its value */
		return true;
	}
	if (kind == POOL_SUBMIT)
		told->made[kind] += command->count;
	told->well[kind] += reply->count;
	return (reply->result == 0 && reply->count == command->count) ||
	       (reply->result != 0 && reply->count < command->count);
}

/* Those of tasks may be under way in a pool that does not wait for them; what
 * they lack is found by what they would have returned. */
static bool all_returned(const struct history *calls, char *text, size_t size)
{
	const struct history_call *pending = NULL;
	char name[POOL_CALL_TEXT_MAX];
	size_t i;

	for (i = 0; i < calls->count; i++) {
		if (!calls->calls[i].pending)
			continue;
		if (calls->calls[i].kind == POOL_RUN)
			return true;
		pending = &calls->calls[i];
	}
	if (!pending)
		return true;
	pool_call_name(pending, name);
	(void)snprintf(text, size,
		       "%s on thread t%" PRIu32 " has not returned, but all"
		       " threads have said that theirs had",
		       name, pending->thread);
	return false;
}

/* What was recorded outside of tasks. */
static struct told recorded(const struct history *calls)
{
	uint64_t in_task_until[HISTORY_LOGS] = { 0 };
	struct told told = { 0 };
	const struct history_call *call;
	size_t i;

	for (i = 0; i < calls->count; i++) {
		call = &calls->calls[i];
		if (call->invoked_ns < in_task_until[call->thread])
			continue;
		if (call->kind == POOL_RUN)
			in_task_until[call->thread] = call->completed_ns;
		if (call->kind == POOL_SUBMIT || call->kind == POOL_SHUTDOWN)
			told.made[call->kind]++;
		if (call->kind != POOL_RUN && call->kind != POOL_ASK)
			told.well[call->kind] += !call->pending &&
						 call->result == 0;
	}
	return told;
}

bool told_holds(const struct told *told, const struct history *calls,
		char *text, size_t size)
{
	static const char *const names[POOL_KINDS] = {
		[POOL_SUBMIT] = "pool_submit()",
		[POOL_WAIT] = "future_wait()",
		[POOL_CANCEL] = "future_cancel()",
		[POOL_SHUTDOWN] = "pool_shutdown()",
	};
	struct told found = recorded(calls);
	uint32_t kind;

	for (kind = 0; kind < POOL_KINDS; kind++) {
		if (found.made[kind] == told->made[kind] &&
		    found.well[kind] == told->well[kind])
			continue;
		(void)snprintf(text, size,
			       "by its answers %" PRIu64
			       " calls of %s were made and %" PRIu64
			       " returned 0; recorded are %" PRIu64
			       " and %" PRIu64,
			       told->made[kind], names[kind], told->well[kind],
			       found.made[kind], found.well[kind]);
		return false;
	}
	return all_returned(calls, text, size);
}
