/*
 * queue_call.h - calls on a bounded queue, as they stand in a history
 *
 * For exercises whose candidates write some
 *
 *	put(item, timeout)  -> 0, EAGAIN, ETIMEDOUT, EPIPE
 *	take(timeout)       -> 0 and an item, EAGAIN, ETIMEDOUT, EPIPE
 *	close(), len()
 *
 * In struct history_call, "argument" is the item of a put, "value" the item of
 * a take or the length, "result" what was returned. Items are numbers that
 * differ from each other; 0 is shown as NULL.
 */
#ifndef ASSAY_KIT_QUEUE_CALL_H
#define ASSAY_KIT_QUEUE_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "history.h"

enum queue_kind { QUEUE_PUT = 1, QUEUE_TAKE, QUEUE_CLOSE, QUEUE_LEN };

#define QUEUE_CALL_TEXT_MAX 64
#define QUEUE_ITEM_TEXT_MAX 24
#define QUEUE_TIMELINE_MAX 40 /* calls that people look at */
#define QUEUE_TIMELINE_WIDTH 128

/** "put(7, -1) -> 0", "take(50) -> ETIMEDOUT", "take(-1) -> ..." if pending. */
void queue_call_text(const struct history_call *call,
		     char text[static QUEUE_CALL_TEXT_MAX]);

/** "NULL" or the number. */
void queue_item_text(uint64_t item, char text[static QUEUE_ITEM_TEXT_MAX]);

/** "0", "EAGAIN", ... or the number when it has no such name. */
void queue_result_text(int result, char text[static QUEUE_CALL_TEXT_MAX]);

/**
 * Line @index of a picture of @calls, at most QUEUE_TIMELINE_MAX of them:
 *	t1  put(7, -1) -> 0   |----|
 *	t2  take(-1) -> 7        |-----|
 * Only the order of beginnings and ends is to scale.
 */
void queue_timeline(const struct history_call *calls, size_t count,
		    size_t index, char line[static QUEUE_TIMELINE_WIDTH]);

#endif
