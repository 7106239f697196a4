/*
 * queue_shrink.h - the smallest part of a history that cannot be explained
 *
 * Nobody reads a hundred calls. Whatever is left out here is left out because
 * a history that had an explanation would still have one without it, so what
 * remains is as wrong as the whole.
 */
#ifndef ASSAY_KIT_QUEUE_SHRINK_H
#define ASSAY_KIT_QUEUE_SHRINK_H

#include <stddef.h>

#include "history.h"

/**
 * Make @calls, an inexplicable history of a queue of @capacity, smaller in
 * place. Returns how many are left; @count when nothing can go.
 */
size_t queue_shrink(struct history_call *calls, size_t count, size_t capacity);

#endif
