/*
 * pool_history.h - a history of a pool, made whole and made readable
 */
#ifndef POOL_HISTORY_H
#define POOL_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "history.h"
#include "judge.h" /* json_t */
#include "pool_call.h"

#define POOL_CALL_TEXT_MAX 64
#define POOL_SHOWN_MAX 40 /* calls that people look at */

/**
 * The calls of @history, by invoked_ns, with what was written down as two
 * moments put together again; what was only opened is pending. *ret is the
 * caller's, to be given to history_release(). false: there is something that
 * no driver and no scenario writes.
 */
bool pool_calls(const struct history *history, struct history *ret);

/** "submit(task 3)", "wait(task 3, -1)": what is called, or the task itself. */
void pool_call_name(const struct history_call *call,
		    char text[static POOL_CALL_TEXT_MAX]);

/** The same with what came of it: "wait(task 3, -1) -> 0, 103". */
void pool_call_text(const struct history_call *call,
		    char text[static POOL_CALL_TEXT_MAX]);

/** "0", "EAGAIN", ... or the number when it has no such name. */
void pool_result_text(int result, char text[static POOL_CALL_TEXT_MAX]);

/**
 * Append a picture of @calls to @lines, one line for each, the last ones if
 * there are many. Only the order of beginnings and ends is to scale.
 */
void pool_show(const struct history_call *calls, size_t count, json_t *lines);

#endif
