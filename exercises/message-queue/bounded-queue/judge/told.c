/* told.c - see told.h */
#include "told.h"

#include <inttypes.h>
#include <stdio.h>

#include "queue_call.h"

bool told_add(struct told *told, const struct command *command,
	      const struct reply *reply)
{
	bool mixed = command->action == ACTION_MIX;

	if (command->action < ACTION_PUT || command->unrecorded)
		return true;
	told->of[command->queue][command->worker].made +=
		mixed ? command->count
		      : (uint64_t)reply->count + (reply->result != 0);
	told->of[command->queue][command->worker].well += reply->count;
	if (mixed)
		return reply->count <= command->count;
	return (reply->result == 0 && reply->count == command->count) ||
	       (reply->result != 0 && reply->count < command->count);
}

static bool is_sound(const struct history_call *call, char *text, size_t size)
{
	char name[QUEUE_CALL_TEXT_MAX];

	if (call->kind < QUEUE_PUT || call->kind > QUEUE_LEN) {
		(void)snprintf(text, size, "there is a call of no function");
		return false;
	}
	if (!call->pending)
		return true;
	queue_call_text(call, name);
	(void)snprintf(text, size,
		       "%s on thread t%" PRIu32
		       ", but that thread has said that its calls had returned",
		       name, call->thread);
	return false;
}

bool told_agrees(const struct told *told, uint32_t queue,
		 const struct history *history, char *text, size_t size)
{
	uint64_t made[HISTORY_LOGS] = { 0 };
	uint64_t well[HISTORY_LOGS] = { 0 };
	const struct history_call *call;
	uint32_t worker;
	size_t i;

	for (i = 0; i < history->count; i++) {
		call = &history->calls[i];
		if (!is_sound(call, text, size))
			return false;
		made[call->thread]++;
		well[call->thread] += call->result == 0;
	}
	for (worker = 0; worker < PROTOCOL_WORKERS; worker++) {
		if (made[worker] == told->of[queue][worker].made &&
		    well[worker] == told->of[queue][worker].well)
			continue;
		(void)snprintf(text, size,
			       "by its answers thread t%" PRIu32
			       " made %" PRIu64 " calls and %" PRIu64
			       " returned 0; recorded are %" PRIu64
			       " and %" PRIu64,
			       worker, told->of[queue][worker].made,
			       told->of[queue][worker].well, made[worker],
			       well[worker]);
		return false;
	}
	return true;
}
