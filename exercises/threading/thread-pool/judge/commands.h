/*
 * commands.h - the commands that tests are made of, by short names
 */
#ifndef POOL_COMMANDS_H
#define POOL_COMMANDS_H

#include <stdint.h>

#include "protocol.h"

/** @worker submits @count tasks of @kind from number @first on. */
static inline struct command submit(uint32_t worker, uint32_t first,
				    uint32_t count, enum task_kind kind,
				    uint32_t gate)
{
	return (struct command){ .action = ACTION_SUBMIT,
				 .worker = worker,
				 .first = first,
				 .count = count,
				 .kind = kind,
				 .gate = gate };
}

static inline struct command wait_for(uint32_t worker, uint32_t first,
				      uint32_t count, int32_t timeout_ms)
{
	return (struct command){ .action = ACTION_WAIT,
				 .worker = worker,
				 .first = first,
				 .count = count,
				 .timeout_ms = timeout_ms };
}

static inline struct command on_tasks(enum action action, uint32_t worker,
				      uint32_t first, uint32_t count)
{
	return (struct command){ .action = action,
				 .worker = worker,
				 .first = first,
				 .count = count };
}

static inline struct command cancel(uint32_t worker, uint32_t first,
				    uint32_t count)
{
	return on_tasks(ACTION_CANCEL, worker, first, count);
}

static inline struct command forget(uint32_t worker, uint32_t first,
				    uint32_t count)
{
	return on_tasks(ACTION_FORGET, worker, first, count);
}

/** Until each of these has begun. */
static inline struct command begun(uint32_t worker, uint32_t first,
				   uint32_t count)
{
	return on_tasks(ACTION_BEGUN, worker, first, count);
}

static inline struct command shut(uint32_t worker, uint32_t drain,
				  int32_t timeout_ms)
{
	return (struct command){ .action = ACTION_SHUTDOWN,
				 .worker = worker,
				 .count = drain,
				 .timeout_ms = timeout_ms };
}

#endif
