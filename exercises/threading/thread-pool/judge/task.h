/*
 * task.h - the driver's pools and tasks, and the calls on them, written down
 */
#ifndef POOL_TASK_H
#define POOL_TASK_H

#include <stdbool.h>
#include <stdint.h>

#include "pool.h"
#include "protocol.h"

struct task;

/** Tasks from now on are for @pool, number @number. Returns whether it is. */
bool task_begin_pool(uint32_t number, pool_t *pool);

pool_t *task_pool(uint32_t pool);
struct task *task_at(uint32_t pool, uint32_t number);

/** pool_submit(); @keep: with a place for the future. @gate is what enum
 * task_kind says. */
int task_submit(struct task *task, uint32_t kind, uint32_t gate, bool keep);

/* Each waits until the task has been submitted, and does nothing for one that
 * was refused. */
int task_wait(struct task *task, int timeout_ms, uint64_t *ret_value);
int task_cancel(struct task *task);
void task_forget(struct task *task);
void task_await_begin(struct task *task);

/** pool_shutdown(). */
int pool_end(uint32_t pool, bool drain, int timeout_ms);

/** All that wait at gate @number, or come to it, pass. */
void gate_open(uint32_t number);

#endif
