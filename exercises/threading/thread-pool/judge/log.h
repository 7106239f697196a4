/*
 * log.h - a log of the history for each thread that makes calls or runs tasks
 *
 * The kit's history has a log per thread, and threads of a pool come and go. So
 * a thread takes a free log with the first that it has to write down, and gives
 * it back when it ends.
 */
#ifndef POOL_LOG_H
#define POOL_LOG_H

#include <stdint.h>

#include "pool_call.h"

/** Before any other; the memory behind the driver's descriptor. */
void log_init(void);

/** From now on until the next call: nothing is written down, or all is. */
void log_mute(int mute);

/** The moment before, or after, of what others may happen inside of. */
void log_open(enum pool_kind kind, uint32_t object, uint64_t argument,
	      int32_t timeout_ms);
void log_close(enum pool_kind kind, uint32_t object, int32_t result,
	       uint64_t value);

#endif
