/*
 * sync.h - what locks and waits of all interfaces are made of
 *
 * All of it is called with rt->busy set; @pc is the place in candidate code.
 */
#ifndef EXPLORE_SYNC_H
#define EXPLORE_SYNC_H

#include "runtime.h"

#pragma GCC visibility push(hidden)

/** The mutex at @address, known from now on. */
struct object *sync_mutex(uint64_t address, uint64_t pc);
struct object *sync_condition(uint64_t address, uint64_t pc);

/** 0 or an errno value. @deadline_ns on clock @clock_id, NEVER for none. */
int sync_lock(struct object *mutex, uint64_t deadline_ns, int clock_id,
	      uint64_t pc);
int sync_unlock(struct object *mutex, uint64_t pc);
/** What a lock comes down to when it may be taken, and its end. */
void sync_take(struct object *mutex, uint64_t pc);
void sync_let_go(struct object *mutex);
int sync_wait(struct object *cond, struct object *mutex, uint64_t deadline_ns,
	      int clock_id, uint64_t pc);
void sync_signal(struct object *cond, uint64_t pc);
void sync_broadcast(struct object *cond, uint64_t pc);

/** The one function that is called with rt->busy clear. */
int sync_once(const void *control, void (*init)(void), uint64_t pc);

#pragma GCC visibility pop

#endif
